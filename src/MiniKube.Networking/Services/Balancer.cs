using System.Collections.Immutable;
using System.Net;

namespace MiniKube.Networking;

/// <summary>
/// Chooses the endpoint of a new connection: in turn, or the client's former one where the Service asks for affinity.
/// The plan is swapped whole; choosing takes no lock. Thread-safe.
/// </summary>
internal sealed class Balancer(FrontendPlan plan, TimeProvider time, Random random)
{
    private readonly ClientAffinity _affinity = new(time);
    private FrontendPlan _plan = plan;

    // Nodes and restarts must not all begin with the first endpoint.
    private int _turn = random.Next(short.MaxValue);

    public FrontendPlan Plan => Volatile.Read(ref _plan);

    /// <summary>Later choices follow this plan; connections that exist are not touched.</summary>
    public void Publish(FrontendPlan next) => Volatile.Write(ref _plan, next);

    /// <summary>
    /// An endpoint of the present plan that is not among those tried; null when there is none, or none for this client.
    /// </summary>
    public IPEndPoint? Choose(IPAddress client, IReadOnlyCollection<IPEndPoint> tried)
    {
        var plan = Plan;
        if (!plan.Admits(client))
        {
            return null;
        }

        if (plan.Affinity is not null
            && _affinity.Find(client) is { } former
            && plan.Endpoints.Contains(former)
            && !tried.Contains(former))
        {
            return former;
        }

        return ChooseNext(plan.Endpoints, tried);
    }

    /// <summary>The client has been connected to the endpoint.</summary>
    public void Remember(IPAddress client, IPEndPoint endpoint)
    {
        if (Plan.Affinity is { } lifetime)
        {
            _affinity.Remember(client, endpoint, lifetime);
        }
    }

    private IPEndPoint? ChooseNext(ImmutableArray<IPEndPoint> endpoints, IReadOnlyCollection<IPEndPoint> tried)
    {
        var turn = (uint)Interlocked.Increment(ref _turn);
        for (var step = 0u; step < endpoints.Length; step++)
        {
            var endpoint = endpoints[(int)((turn + step) % (uint)endpoints.Length)];
            if (!tried.Contains(endpoint))
            {
                return endpoint;
            }
        }

        return null;
    }
}
