using System.Diagnostics.CodeAnalysis;

namespace MiniKube.Api;

public sealed partial class LabelSelector
{
    /// <summary>Reads the text form kubectl sends; empty text is the empty selector.</summary>
    /// <exception cref="ApiException"><see cref="StatusReason.BadRequest"/>: it is malformed; the message says where.</exception>
    public static LabelSelector Parse(string text)
        => TryParse(text, out var selector, out var problem) ? selector : throw new ApiException(StatusReason.BadRequest, problem);

    /// <summary>Reads the text form; on failure <paramref name="problem"/> says what is wrong in Kubernetes' words.</summary>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out LabelSelector? selector, [NotNullWhen(false)] out string? problem)
    {
        try
        {
            selector = text.Length == 0 ? Everything : new LabelSelector(new LabelSelectorParser(text).Parse());
            problem = null;
            return true;
        }
        catch (FormatException malformed)
        {
            selector = null;
            problem = malformed.Message;
            return false;
        }
    }
}
