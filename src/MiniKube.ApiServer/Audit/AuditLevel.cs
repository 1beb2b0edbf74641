namespace MiniKube.ApiServer;

/// <summary>How much of a request is told. Each has what the one before has.</summary>
internal enum AuditLevel
{
    None,
    Metadata,
    Request,
    RequestResponse,
}

/// <summary>When an event is told.</summary>
internal enum AuditStage
{
    /// <summary>The request is known, nothing was done yet.</summary>
    RequestReceived,

    /// <summary>A long-running answer, such as a watch, has begun.</summary>
    ResponseStarted,

    /// <summary>The answer is out.</summary>
    ResponseComplete,

    /// <summary>The server failed at it.</summary>
    Panic,
}
