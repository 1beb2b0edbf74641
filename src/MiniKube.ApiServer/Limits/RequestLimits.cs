namespace MiniKube.ApiServer;

/// <summary>How much the server does at once. Names and defaults of kube-apiserver's flags.</summary>
public sealed record RequestLimits
{
    /// <summary>Reading requests at once. 400.</summary>
    public int ReadingMax { get; init; } = 400;

    /// <summary>Writing requests at once. 200. Both together are shared out among the priority levels.</summary>
    public int WritingMax { get; init; } = 200;

    /// <summary>Time a request has, its wait included; watches and streams have no end. A minute.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);
}
