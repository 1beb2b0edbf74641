using System.Collections.Immutable;
using System.Net;

namespace MiniKube.Networking;

/// <summary>The servers that know what this cluster does not, best first. May change at any time; asked for each question.</summary>
internal interface IUpstreamServers
{
    ImmutableArray<IPEndPoint> Current { get; }
}
