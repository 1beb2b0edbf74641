namespace MiniKube;

/// <summary>A file whose first line is a passphrase: on a command line, everybody on the machine could read it.</summary>
internal static class PassphraseFile
{
    // What people choose is guessed; this keeps out what is no passphrase at all.
    private const int CharactersMin = 12;

    /// <exception cref="CommandException">There is no such file, or no passphrase in it.</exception>
    public static string Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new CommandException($"the passphrase file {path} does not exist");
        }

        using var reader = File.OpenText(path);
        var passphrase = reader.ReadLine() ?? "";
        return passphrase.Length >= CharactersMin
            ? passphrase
            : throw new CommandException(
                $"the first line of {path} has {passphrase.Length} characters; a passphrase has at least {CharactersMin}");
    }
}
