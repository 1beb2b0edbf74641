using System.CommandLine;

namespace MiniKube;

/// <summary>What becomes of the cluster's keys: encrypted under a passphrase, or left out. Nobody saves them by oversight.</summary>
internal sealed class KeyOptions
{
    private readonly Option<string?> _file;

    private readonly Option<bool> _without = new("--without-keys")
    {
        Description = "leave out the cluster's keys (CA, tokens): its nodes must join again",
    };

    public KeyOptions(string purpose)
        => _file = new Option<string?>("--passphrase-file") { Description = purpose, HelpName = "FILE" };

    public void AddTo(Command command)
    {
        command.Add(_file);
        command.Add(_without);
    }

    /// <summary>The passphrase, or null when the keys are to be left out.</summary>
    /// <exception cref="CommandException">Neither was said, or both.</exception>
    public string? ReadForSave(ParseResult parsed)
    {
        if (parsed.GetValue(_file) is null == !parsed.GetValue(_without))
        {
            throw CommandException.Usage(
                "say --passphrase-file FILE to save the cluster's keys too, encrypted under a passphrase, "
                + "or --without-keys to leave them out");
        }

        return Read(parsed);
    }

    public string? Read(ParseResult parsed)
    {
        var path = parsed.GetValue(_file);
        if (path is not null && ReadWithout(parsed))
        {
            throw CommandException.Usage("--passphrase-file and --without-keys exclude each other");
        }

        return path is null ? null : PassphraseFile.Read(path);
    }

    public bool ReadWithout(ParseResult parsed) => parsed.GetValue(_without);
}
