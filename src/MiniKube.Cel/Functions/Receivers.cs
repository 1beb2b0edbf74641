using MiniKube.Cel.Values;

namespace MiniKube.Cel.Functions;

/// <summary>
/// Functions that only the host's own values have. https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-authorizer-library
/// </summary>
internal static class Receivers
{
    // As Kubernetes counts a permission that is looked up.
    private const long LookupCost = 350_000;

    public static Dictionary<string, Function> Member { get; } = new[]
    {
        "path", "check", "serviceAccount", "group", "resource", "subresource", "namespace", "name", "allowed", "reason", "errored",
        "error", "fieldSelector", "labelSelector",
    }.ToDictionary(static name => name, static name => (Function)((frame, a) => Call(frame, name, a)));

    private static object? Call(Binding.Frame frame, string name, object?[] arguments)
    {
        if (arguments is not [ICelReceiver receiver, ..])
        {
            return CelError.NoOverload;
        }

        frame.Spend(name == "check" ? LookupCost : 1);
        return receiver.TryCall(name, arguments[1..], out var result) ? result : CelError.NoOverload;
    }
}
