using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Client;

namespace MiniKube.Controllers;

/// <summary>What every controller is made of. The informers and the event writer are shared by all of them.</summary>
internal sealed class ControllerContext
{
    private const string Identity = "system:kube-controller-manager";

    private readonly Func<string, IApiClient> _clientFor;
    private readonly ILoggerFactory _loggers;

    public ControllerContext(
        Func<string, IApiClient> clientFor, ControllerOptions options, TimeProvider time, Random random, ILoggerFactory loggers)
    {
        _clientFor = clientFor;
        _loggers = loggers;
        Options = options;
        Time = time;
        Random = random;
        Informers = new InformerSet(clientFor(Identity), "controller-informers", time, random, loggers);
        Awake = new AwakeClock(time);
        Events = new EventBroadcaster(clientFor(Identity), "controller-events", time, loggers);
    }

    public ControllerOptions Options { get; }

    public TimeProvider Time { get; }

    public Random Random { get; }

    /// <summary>Time by which others are judged to be late.</summary>
    public AwakeClock Awake { get; }

    public InformerSet Informers { get; }

    public EventBroadcaster Events { get; }

    public Informer<T> Informer<T>()
        where T : class, IKubernetesObject<V1ObjectMeta>
        => Informers.Of<T>();

    /// <summary>Writes are made as the controller's own service account, as in Kubernetes.</summary>
    public IApiClient ClientFor(string controller) => _clientFor($"system:serviceaccount:kube-system:{controller}");

    public EventRecorder RecorderFor(string controller) => Events.RecorderFor(controller);

    public ILogger Logger<T>() => _loggers.CreateLogger<T>();

    public ReconcileLoop Loop(string name, IReconciler reconciler, int workers = 5)
        => new(name, reconciler, Time, Random, _loggers) { Workers = workers };

    /// <summary>
    /// A loop for objects that sum up many others: a burst of changes of those is summed up a few times, not once each.
    /// </summary>
    public ReconcileLoop SummingLoop(string name, IReconciler reconciler)
        => new(name, reconciler, Time, Random, _loggers) { Rest = TimeSpan.FromMilliseconds(20) };
}
