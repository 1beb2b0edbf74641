using System.Security.Cryptography;
using System.Text;
using k8s.Models;

namespace MiniKube.Node;

/// <summary>
/// Tells whether a running container is still the one the pod asks for. Only what can change in a living pod goes in, so that a
/// new version of MiniKube, with new fields or defaults, does not restart everything.
/// https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement
/// </summary>
internal static class SpecHash
{
    private const int Length = 16;

    public static string Of(V1Container container)
        => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{container.Name}\n{container.Image}")))[..Length];
}
