namespace MiniKube.Testbox;

/// <summary>Who may use the key-value server.</summary>
internal sealed record Login(string User, string Password)
{
    /// <summary>From <c>{prefix}_USER</c> and <c>{prefix}_PASSWORD</c>; null when there is no password.</summary>
    public static Login? FromEnvironment(string prefix)
    {
        var user = Environment.GetEnvironmentVariable($"{prefix}_USER") ?? "";
        var password = Environment.GetEnvironmentVariable($"{prefix}_PASSWORD");
        return string.IsNullOrEmpty(password) ? null : new Login(user, password);
    }
}
