using System.Globalization;
using MiniKube.Runtimes;

namespace MiniKube.Shim;

/// <summary>Looks users and groups up in the container's own /etc/passwd and /etc/group.</summary>
internal static class UserDatabase
{
    public static UserIdentity Resolve(ProcessStart process)
    {
        var parts = process.User.Split(':', 2);
        var user = FindUser(parts[0]);
        var group = parts is [_, { Length: > 0 } named] ? FindGroup(named) : user.Group;
        var memberships = parts.Length == 1 ? GroupsOf(user.Name) : [];
        return new UserIdentity(user.Id, group, [.. memberships.Union(process.SupplementalGroups)], user.Home);
    }

    private static (string Name, uint Id, uint Group, string Home) FindUser(string user)
    {
        var isNumber = TryNumber(user.Length == 0 ? "0" : user, out var id);
        foreach (var fields in Lines("/etc/passwd", fields: 7))
        {
            if (TryNumber(fields[2], out var lineId) && TryNumber(fields[3], out var group)
                && (fields[0] == user || (isNumber && lineId == id)))
            {
                return (fields[0], lineId, group, fields[5].Length > 0 ? fields[5] : "/");
            }
        }

        return isNumber
            ? ("", id, 0u, id == 0 ? "/root" : "/")
            : throw new KernelException($"unable to find user {user} in /etc/passwd", Errno.NoEntry);
    }

    private static uint FindGroup(string group)
    {
        if (TryNumber(group, out var number))
        {
            return number;
        }

        foreach (var fields in Lines("/etc/group", fields: 3))
        {
            if (fields[0] == group && TryNumber(fields[2], out var id))
            {
                return id;
            }
        }

        throw new KernelException($"unable to find group {group} in /etc/group", Errno.NoEntry);
    }

    private static IEnumerable<uint> GroupsOf(string user)
    {
        foreach (var fields in Lines("/etc/group", fields: 4))
        {
            if (user.Length > 0 && fields[3].Split(',').Contains(user) && TryNumber(fields[2], out var id))
            {
                yield return id;
            }
        }
    }

    private static IEnumerable<string[]> Lines(string path, int fields)
        => (Kernel.ReadFile(path) ?? "").Split('\n')
            .Select(static line => line.Split(':'))
            .Where(line => line.Length >= fields);

    private static bool TryNumber(string text, out uint number)
        => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
