namespace MiniKube.Api;

/// <summary>What holds volumes and claims while they are used.</summary>
public static class StorageFinalizers
{
    /// <summary>On claims that a pod may use.</summary>
    public const string Claim = "kubernetes.io/pvc-protection";

    /// <summary>On volumes that a claim may be bound to.</summary>
    public const string Volume = "kubernetes.io/pv-protection";
}
