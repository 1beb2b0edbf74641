namespace MiniKube;

/// <summary><c>--token</c> and <c>--token-file</c>: a secret, or where it is.</summary>
internal sealed class TokenSetting(string description)
{
    private readonly TextSetting _token = new("token", "TOKEN", description);
    private readonly TextSetting _file = new("token-file", "FILE", "a file that holds the token");

    public IReadOnlyList<Setting> All => [_token, _file];

    /// <summary>The token, or null when none was given.</summary>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public string? Read(SettingSources sources)
    {
        if (_token.Find(sources) is { } token)
        {
            return token.Value.Trim();
        }

        if (_file.Find(sources) is not { } file)
        {
            return null;
        }

        try
        {
            return File.ReadAllText(file.Value).Trim();
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{file.Origin}: {missing.Message}", cause: missing);
        }
    }
}
