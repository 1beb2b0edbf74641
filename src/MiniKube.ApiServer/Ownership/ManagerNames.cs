using System.Text;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Names under which writers own fields: what a request says, or what can be told from its user agent or identity.</summary>
internal static class ManagerNames
{
    private const int BytesMax = 128;
    private const string SystemPrefix = "system:";
    private const string ControllerPrefix = "system:serviceaccount:kube-system:";

    /// <summary>What is wrong with the name, or null.</summary>
    public static FieldError? Problem(string name)
    {
        var errors = new FieldErrors();
        if (Encoding.UTF8.GetByteCount(name) > BytesMax)
        {
            errors.TooLong("fieldManager", BytesMax);
        }
        else if (name.EnumerateRunes().Any(rune => !IsPrintable(rune)))
        {
            errors.Invalid("fieldManager", name, "should only contain printable characters");
        }

        return errors.Found is [var problem, ..] ? problem : null;
    }

    /// <summary>What stands before the version: <c>kubectl/v1.32.0 (linux/amd64)</c> is <c>kubectl</c>.</summary>
    public static string OfUserAgent(string userAgent)
    {
        var slash = userAgent.IndexOf('/', StringComparison.Ordinal);
        var name = new StringBuilder();
        var bytes = 0;
        foreach (var rune in userAgent.AsSpan(0, slash < 0 ? userAgent.Length : slash).EnumerateRunes())
        {
            if (!IsPrintable(rune))
            {
                continue;
            }

            bytes += rune.Utf8SequenceLength;
            if (bytes > BytesMax)
            {
                break;
            }

            name.Append(rune.ToString());
        }

        return name.Length == 0 ? "unknown" : name.ToString();
    }

    /// <summary>The name of a part of this process, as its counterpart of Kubernetes calls itself.</summary>
    public static string OfUser(UserInfo user)
    {
        if (user.NodeName is not null)
        {
            return "kubelet";
        }

        if (user.Name.StartsWith(ControllerPrefix, StringComparison.Ordinal))
        {
            return "kube-controller-manager";
        }

        return user.Name == UserInfo.ApiServer.Name ? "kube-apiserver"
            : user.Name.StartsWith(SystemPrefix, StringComparison.Ordinal) ? user.Name[SystemPrefix.Length..]
            : user.Name;
    }

    private static bool IsPrintable(Rune rune)
        => rune.Value == ' ' || !(Rune.IsControl(rune) || Rune.IsWhiteSpace(rune) || rune == Rune.ReplacementChar);
}
