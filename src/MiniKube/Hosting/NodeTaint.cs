using k8s.Models;

namespace MiniKube;

/// <summary>Taints as the command line writes them.</summary>
internal static class NodeTaint
{
    private static readonly string[] Effects = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

    /// <summary>Reads <c>key=value:Effect</c> or <c>key:Effect</c>.</summary>
    /// <exception cref="CommandException">The text is not of that form.</exception>
    public static V1Taint Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        var subject = colon < 0 ? text : text[..colon];
        var effect = text[(colon + 1)..];
        if (colon <= 0 || !Effects.Contains(effect))
        {
            throw CommandException.Usage(
                $"--node-taint: '{text}' is not of the form KEY=VALUE:EFFECT with an effect of {string.Join(", ", Effects)}");
        }

        var equals = subject.IndexOf('=', StringComparison.Ordinal);
        return new V1Taint
        {
            Key = equals < 0 ? subject : subject[..equals],
            Value = equals < 0 ? null : subject[(equals + 1)..],
            Effect = effect,
        };
    }
}
