namespace MiniKube.Client;

/// <summary>Where the API servers of a cluster are and how to prove who one is.</summary>
public sealed record HttpApiClientOptions
{
    /// <summary>The servers; whoever made the list may replace it while the client runs.</summary>
    public required ServerAddresses Servers { get; init; }

    /// <summary>Whom to trust and what to show; exchangeable while the client runs.</summary>
    public required ClientIdentity Identity { get; init; }

    /// <summary>Who asks: what stands before the slash is whom the server notes as manager of the fields that are written.</summary>
    public string UserAgent { get; init; } = "minikube";

    /// <summary>The bearer token to send; null for none.</summary>
    public string? BearerToken { get; init; }
}
