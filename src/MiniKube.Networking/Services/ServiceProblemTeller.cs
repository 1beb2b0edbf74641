using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;

namespace MiniKube.Networking;

/// <summary>Says what is wrong with Services: once per problem, until it is gone and comes again.</summary>
internal sealed partial class ServiceProblemTeller(EventRecorder events, string nodeName, ILogger logger)
{
    private readonly Dictionary<ObjectKey, HashSet<string>> _told = [];

    /// <param name="looked">The Services that were looked at.</param>
    /// <param name="problems">What is wrong with some of them.</param>
    /// <param name="find">The Service of a key, if it is still there.</param>
    public void Tell(IEnumerable<ObjectKey> looked, ServiceProblems problems, Func<ObjectKey, V1Service?> find)
    {
        foreach (var service in looked)
        {
            if (!problems.TryGetValue(service, out var present) || find(service) is not { } subject)
            {
                _told.Remove(service);
                continue;
            }

            var known = _told.GetValueOrDefault(service, []);
            foreach (var problem in present.Where(problem => !known.Contains(problem)))
            {
                events.Warning(subject, "FailedToListen", $"{problem} on node {nodeName}");
                Log.CannotListen(logger, service, problem);
            }

            _told[service] = [.. present];
        }
    }

    private static partial class Log
    {
        [LoggerMessage(5012, LogLevel.Warning, "Service {Service}: {Problem}")]
        public static partial void CannotListen(ILogger logger, ObjectKey service, string problem);
    }
}
