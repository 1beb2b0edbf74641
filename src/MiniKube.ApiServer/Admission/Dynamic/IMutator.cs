namespace MiniKube.ApiServer;

/// <summary>What a mutator did with a request.</summary>
internal enum MutationOutcome
{
    /// <summary>It was none of its business.</summary>
    NotConcerned,

    /// <summary>It was asked and left the object as it is.</summary>
    Unchanged,

    Changed,
}

/// <summary>Something an administrator installed that may change objects on their way to the store. Immutable, thread-safe.</summary>
internal interface IMutator
{
    /// <summary>Tells it from all others.</summary>
    string Key { get; }

    /// <summary>True when it wants to be asked again if the object changed after it.</summary>
    bool IsReinvocable { get; }

    /// <exception cref="MiniKube.Api.ApiException">It refuses the request, or failed and is not to be passed over.</exception>
    ValueTask<MutationOutcome> MutateAsync(AdmissionSubject subject, CancellationToken cancellationToken);
}

/// <summary>The same for what only looks.</summary>
internal interface IValidator
{
    /// <exception cref="MiniKube.Api.ApiException">It refuses the request, or failed and is not to be passed over.</exception>
    ValueTask ValidateAsync(AdmissionSubject subject, CancellationToken cancellationToken);
}
