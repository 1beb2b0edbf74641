using System.Globalization;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>The refusal of an apply that would change what others own, worded as kubectl shows it.</summary>
internal static class ApplyConflict
{
    public static ApiException Error(List<(FieldOwner Owner, FieldSet Fields)> conflicts)
    {
        var all = conflicts.SelectMany(one => one.Fields.Paths().Select(path => (Name: NameOf(one.Owner), Path: path))).ToList();
        return new ApiException(StatusReason.Conflict, Message(all))
        {
            Causes = [.. all.Select(one => new FieldError(one.Path, "FieldManagerConflict", $"conflict with {one.Name}"))],
        };
    }

    private static string Message(List<(string Name, string Path)> conflicts)
    {
        if (conflicts is [var only])
        {
            return $"Apply failed with 1 conflict: conflict with {only.Name}: {only.Path}";
        }

        var byOwner = conflicts
            .GroupBy(one => one.Name, one => one.Path)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"conflicts with {group.Key}:\n- {string.Join("\n- ", group)}");
        return string.Create(
            CultureInfo.InvariantCulture, $"Apply failed with {conflicts.Count} conflicts: {string.Join("\n", byOwner)}");
    }

    private static string NameOf(FieldOwner owner)
    {
        var name = $"\"{owner.Manager}\"{(owner.Subresource.Length > 0 ? $" with subresource \"{owner.Subresource}\"" : "")}";
        return owner.Operation == FieldOwner.Apply ? name : $"{name} using {owner.ApiVersion}";
    }
}
