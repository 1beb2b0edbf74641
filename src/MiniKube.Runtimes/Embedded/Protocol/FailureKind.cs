namespace MiniKube.Runtimes;

/// <summary>Why a shim could not do something.</summary>
internal enum FailureKind : byte
{
    /// <summary>The command is not there or cannot be executed.</summary>
    CannotRun,

    /// <summary>No such container, or it does not run.</summary>
    NotFound,

    /// <summary>The kernel refused.</summary>
    Failed,
}
