using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// Brings one object from the state it is in to the state it should be in: reads what is there now, acts, returns.
/// Called with a key, not with an event; never for the same key twice at once; again after anything it depends on
/// changed. A key whose object is gone is normal. Throwing means: try again, later each time.
/// </summary>
public interface IReconciler
{
    /// <summary>Does what is to be done for one key now.</summary>
    Task<ReconcileResult> ReconcileAsync(ObjectKey key, CancellationToken cancellationToken);
}

/// <summary>What a reconciler wants next.</summary>
public readonly record struct ReconcileResult
{
    private ReconcileResult(TimeSpan? again) => Again = again;

    /// <summary>Nothing more until something changes.</summary>
    public static ReconcileResult Done => default;

    /// <summary>When to call again even if nothing changes; null for never.</summary>
    public TimeSpan? Again { get; }

    /// <summary>Call again after a while, for what depends on time and not on a change.</summary>
    public static ReconcileResult After(TimeSpan delay) => new(delay);
}
