using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Access modes of volumes and claims: at least one, all known, ReadWriteOncePod alone.</summary>
internal static class AccessModeRules
{
    private static readonly string[] Known = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

    public static void Validate(IList<string>? modes, string path, FieldErrors errors)
    {
        if (modes is not { Count: > 0 })
        {
            errors.Required(path, "at least 1 access mode is required");
            return;
        }

        foreach (var mode in modes.Where(mode => !Known.Contains(mode)))
        {
            errors.NotSupported(path, mode, Known);
        }

        if (modes.Count > 1 && modes.Contains("ReadWriteOncePod"))
        {
            errors.Forbidden(path, "may not use ReadWriteOncePod with other access modes");
        }
    }
}
