using System.Collections.Immutable;
using System.Text;

namespace MiniKube.ApiServer;

/// <summary>
/// Named checks behind <c>/livez</c>, <c>/readyz</c> and <c>/healthz</c>. A check returns null when all is well, else
/// what is wrong. Checks must not wait. Thread-safe.
/// </summary>
public sealed class HealthChecks
{
    private ImmutableArray<(string Name, Func<string?> Check)> _readiness = [];
    private ImmutableArray<(string Name, Func<string?> Check)> _liveness = [];

    /// <summary>Adds a check to <c>/readyz</c> and <c>/healthz</c>.</summary>
    public void AddReadiness(string name, Func<string?> check)
        => ImmutableInterlocked.Update(ref _readiness, static (all, added) => all.Add(added), (name, check));

    /// <summary>Adds a check to all three.</summary>
    public void AddLiveness(string name, Func<string?> check)
    {
        ImmutableInterlocked.Update(ref _liveness, static (all, added) => all.Add(added), (name, check));
        AddReadiness(name, check);
    }

    /// <summary>Answers one of the paths, without those named in <paramref name="excluded"/>.</summary>
    internal HealthReport Report(string endpoint, IReadOnlyCollection<string> excluded)
    {
        var checks = endpoint == "livez" ? _liveness : _readiness;
        var lines = new StringBuilder("[+]ping ok\n");
        var isHealthy = true;
        foreach (var (name, check) in checks.Where(one => !excluded.Contains(one.Name)))
        {
            var problem = check();
            isHealthy &= problem is null;
            lines.Append(problem is null ? $"[+]{name} ok\n" : $"[-]{name} failed: {problem}\n");
        }

        lines.Append(endpoint).Append(isHealthy ? " check passed\n" : " check failed\n");
        return new HealthReport(isHealthy, lines.ToString());
    }

    /// <summary>One check by name: null when there is none, else its report.</summary>
    internal HealthReport? ReportOne(string endpoint, string name)
    {
        var checks = endpoint == "livez" ? _liveness : _readiness;
        var found = checks.FirstOrDefault(one => one.Name == name);
        if (name == "ping")
        {
            return new HealthReport(true, "ok");
        }

        return found.Check is null ? null : new HealthReport(found.Check() is null, found.Check() ?? "ok");
    }
}

/// <summary>The answer of a health endpoint, line by line.</summary>
internal readonly record struct HealthReport(bool IsHealthy, string Lines);
