using k8s.Models;
using MiniKube.Api;

namespace MiniKube.ApiServer;

/// <summary>Probes and life cycle hooks.</summary>
internal static class ProbeRules
{
    /// <summary>Liveness and startup probes: one success is enough, and it must be.</summary>
    public static void ValidateLiveness(V1Probe? probe, string path, FieldErrors errors)
    {
        Validate(probe, path, errors);
        if (probe is { SuccessThreshold: not (null or 1) })
        {
            errors.Invalid($"{path}.successThreshold", probe.SuccessThreshold, "must be 1");
        }
    }

    public static void ValidateReadiness(V1Probe? probe, string path, FieldErrors errors)
    {
        Validate(probe, path, errors);
        if (probe?.TerminationGracePeriodSeconds is { } seconds)
        {
            errors.Invalid($"{path}.terminationGracePeriodSeconds", seconds, "must not be set for readinessProbes");
        }
    }

    public static void ValidateLifecycle(V1Lifecycle? lifecycle, ContainerPlace place, FieldErrors errors)
    {
        ValidateHook(lifecycle?.PostStart, "postStart", place, errors);
        ValidateHook(lifecycle?.PreStop, "preStop", place, errors);
    }

    private static void Validate(V1Probe? probe, string path, FieldErrors errors)
    {
        if (probe is null)
        {
            return;
        }

        RequireOne(path, errors, ("exec", probe.Exec), ("httpGet", probe.HttpGet), ("tcpSocket", probe.TcpSocket), ("grpc", probe.Grpc));
        ValidateActions(probe.Exec, probe.HttpGet, probe.TcpSocket, path, errors);
        if (probe.Grpc is { } grpc)
        {
            errors.Invalid($"{path}.grpc.port", grpc.Port, Names.CheckPortNumber(grpc.Port));
        }

        errors.NotNegative($"{path}.initialDelaySeconds", probe.InitialDelaySeconds);
        errors.NotNegative($"{path}.timeoutSeconds", probe.TimeoutSeconds);
        errors.NotNegative($"{path}.periodSeconds", probe.PeriodSeconds);
        errors.NotNegative($"{path}.successThreshold", probe.SuccessThreshold);
        errors.NotNegative($"{path}.failureThreshold", probe.FailureThreshold);
        errors.Positive($"{path}.terminationGracePeriodSeconds", probe.TerminationGracePeriodSeconds);
    }

    private static void ValidateHook(V1LifecycleHandler? hook, string name, ContainerPlace place, FieldErrors errors)
    {
        if (hook is null)
        {
            return;
        }

        var path = $"{place.Path}.lifecycle.{name}";
        RequireOne(path, errors, ("exec", hook.Exec), ("httpGet", hook.HttpGet), ("tcpSocket", hook.TcpSocket), ("sleep", hook.Sleep));
        ValidateActions(hook.Exec, hook.HttpGet, hook.TcpSocket, path, errors);
        var grace = place.Pod.TerminationGracePeriodSeconds;
        if (hook.Sleep is { } sleep && (sleep.Seconds < 0 || sleep.Seconds > grace))
        {
            errors.Invalid($"{path}.sleep", sleep.Seconds,
                $"must be non-negative and less than terminationGracePeriodSeconds ({grace})");
        }
    }

    private static void RequireOne(string path, FieldErrors errors, params ReadOnlySpan<(string Name, object? Action)> actions)
    {
        var found = 0;
        foreach (var (name, action) in actions)
        {
            if (action is not null && ++found > 1)
            {
                errors.Forbidden($"{path}.{name}", "may not specify more than 1 handler type");
            }
        }

        if (found == 0)
        {
            errors.Required(path, "must specify a handler type");
        }
    }

    private static void ValidateActions(
        V1ExecAction? exec, V1HTTPGetAction? get, V1TCPSocketAction? socket, string path, FieldErrors errors)
    {
        if (exec is { Command: not { Count: > 0 } })
        {
            errors.Required($"{path}.exec.command");
        }

        if (socket is not null)
        {
            ValidatePort(socket.Port, $"{path}.tcpSocket.port", errors);
        }

        if (get is not null)
        {
            ValidateGet(get, $"{path}.httpGet", errors);
        }
    }

    private static void ValidateGet(V1HTTPGetAction get, string path, FieldErrors errors)
    {
        errors.Required($"{path}.path", get.Path, "");
        ValidatePort(get.Port, $"{path}.port", errors);
        errors.OneOf($"{path}.scheme", get.Scheme, "HTTP", "HTTPS");
        foreach (var header in get.HttpHeaders ?? [])
        {
            errors.Invalid($"{path}.httpHeaders", header.Name ?? "", Names.CheckHttpHeaderName(header.Name ?? ""));
        }
    }

    /// <summary>A port by number or name.</summary>
    internal static void ValidatePort(IntOrString? port, string path, FieldErrors errors)
    {
        var text = port?.Value ?? "0";
        if (long.TryParse(text, out var number))
        {
            errors.Invalid(path, number, Names.CheckPortNumber(number));
            return;
        }

        errors.Invalid(path, text, Names.CheckPortName(text));
    }
}
