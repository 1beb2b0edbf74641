using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Which page of a list, as of when.</summary>
internal sealed record ListOptions(int? Limit = null, string Continue = "", Revision? At = null)
{
    public static ListOptions All { get; } = new();
}
