using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Paths in volumes: they must not lead out of them.</summary>
internal static class PathRules
{
    /// <summary>A path below a volume's root, or none.</summary>
    public static void ValidateInside(string? file, string path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(file))
        {
            return;
        }

        if (file.StartsWith('/'))
        {
            errors.Invalid(path, file, "must be a relative path");
        }

        ValidateNoParent(file, path, errors);
    }

    /// <summary>No <c>..</c> as a step of the path.</summary>
    public static void ValidateNoParent(string file, string path, FieldErrors errors)
    {
        if (file.Split('/').Contains(".."))
        {
            errors.Invalid(path, file, "must not contain '..'");
        }
    }

    /// <summary>The name of a file a volume makes; those starting with <c>..</c> are the volume's own.</summary>
    public static void ValidateFile(string? file, string path, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(file))
        {
            errors.Required(path);
            return;
        }

        ValidateInside(file, path, errors);
        if (file.StartsWith("..", StringComparison.Ordinal) && !file.StartsWith("../", StringComparison.Ordinal) && file != "..")
        {
            errors.Invalid(path, file, "must not start with '..'");
        }
    }
}
