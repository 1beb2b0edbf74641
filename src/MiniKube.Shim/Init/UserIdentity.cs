namespace MiniKube.Shim;

/// <summary>Who a process is.</summary>
internal sealed record UserIdentity(uint User, uint Group, uint[] Groups, string Home);
