using System.Text.Json.Serialization;

namespace MiniKube.Client;

/// <summary>The body of <c>POST /minikube/v1/join</c>.</summary>
public sealed record JoinRequest
{
    /// <summary>The name of the joining machine's node.</summary>
    public required string NodeName { get; init; }

    /// <summary>What proves at a later join that this is the same machine. Secret.</summary>
    public required string NodePassword { get; init; }

    /// <summary>PEM; for <c>CN=system:node:NAME, O=system:nodes</c>.</summary>
    public required string ClientCsr { get; init; }

    /// <summary>PEM; the same subject, with the node's name and addresses as alternative names.</summary>
    public required string ServingCsr { get; init; }

    /// <summary>Says nothing: the record holds a secret.</summary>
    public override string ToString() => nameof(JoinRequest);
}

/// <summary>The answer to a join.</summary>
public sealed record JoinAnswer
{
    /// <summary>PEM.</summary>
    public required string ClientCertificate { get; init; }

    /// <summary>PEM.</summary>
    public required string ServingCertificate { get; init; }

    /// <summary>PEM bundle of the authorities to trust.</summary>
    public required string CertificateAuthorities { get; init; }

    /// <summary>What every machine must know.</summary>
    public required ClusterFacts Cluster { get; init; }
}

/// <summary>How the messages of a join look on the wire: camel case, unknown fields ignored.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JoinRequest))]
[JsonSerializable(typeof(JoinAnswer))]
[JsonSerializable(typeof(ClusterFacts))]
public sealed partial class JoinJson : JsonSerializerContext;
