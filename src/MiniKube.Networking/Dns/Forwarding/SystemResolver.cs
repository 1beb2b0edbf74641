using System.Collections.Immutable;
using System.Net;

namespace MiniKube.Networking;

/// <summary>Which file says whom this machine asks for names.</summary>
public static class SystemResolver
{
    /// <summary><c>/etc/resolv.conf</c></summary>
    public const string DefaultFile = "/etc/resolv.conf";

    // Where systemd-resolved keeps the servers it asks itself; the usual file then names only its stub, which answers nobody
    // but programs of this network namespace. The kubelet is pointed at this one, too.
    private const string FileBehindStub = "/run/systemd/resolve/resolv.conf";

    private static readonly IPAddress[] Stubs = [new([127, 0, 0, 53]), new([127, 0, 0, 54])];

    /// <summary>The file itself, or the one behind it when it names nothing but the stub of systemd-resolved.</summary>
    public static string FileBehind(string file) => FileBehind(file, FileBehindStub);

    internal static string FileBehind(string file, string behindStub)
        => ReadServers(file) is { IsEmpty: false } servers && servers.All(Stubs.Contains) && File.Exists(behindStub) ? behindStub : file;

    /// <summary>The addresses of its <c>nameserver</c> lines; none when there is no such file.</summary>
    internal static ImmutableArray<IPAddress> ReadServers(string file)
    {
        try
        {
            return [.. File.ReadLines(file)
                .Select(static line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
                .Select(static words => words is ["nameserver", var text, ..] && IPAddress.TryParse(text, out var address) ? address : null)
                .OfType<IPAddress>()
                .Distinct()];
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
