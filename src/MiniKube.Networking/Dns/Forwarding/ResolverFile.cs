using System.Collections.Immutable;
using System.Net;

namespace MiniKube.Networking;

/// <summary>
/// The servers of a resolv.conf(5), without this one. The file is looked at again when a question needs it, once a second at
/// most: it may be a link, be mounted over or be replaced, and no event tells of all of these.
/// </summary>
internal sealed class ResolverFile(string path, IPAddress self, TimeProvider time) : IUpstreamServers
{
    private const int Port = 53;
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly Lock _looking = new();
    private ImmutableArray<IPEndPoint> _servers = [];
    private (string File, DateTime Written, long Bytes) _seen;
    private long? _looked;

    public ImmutableArray<IPEndPoint> Current
    {
        get
        {
            lock (_looking)
            {
                if (_looked is null || time.GetElapsedTime(_looked.Value) >= LookAgain)
                {
                    _looked = time.GetTimestamp();
                    Look();
                }

                return _servers;
            }
        }
    }

    private void Look()
    {
        var found = Identify(SystemResolver.FileBehind(path));
        if (found == _seen)
        {
            return;
        }

        _seen = found;
        _servers = [.. SystemResolver.ReadServers(found.File)
            .Where(address => !address.Equals(self))
            .Select(static address => new IPEndPoint(address, Port))];
    }

    private static (string File, DateTime Written, long Bytes) Identify(string path)
    {
        try
        {
            // A link's own times say nothing about the file.
            var file = File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
            return (file.FullName, file.LastWriteTimeUtc, file.Length);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            return (path, default, 0);
        }
    }
}
