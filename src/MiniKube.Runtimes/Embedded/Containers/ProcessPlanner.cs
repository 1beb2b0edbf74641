using System.Globalization;

namespace MiniKube.Runtimes;

/// <summary>Decides what a container runs and as whom, from its image and its specification.</summary>
internal static class ProcessPlanner
{
    /// <exception cref="RuntimeException">Neither says what to run, or a capability is unknown.</exception>
    public static ProcessStart Plan(ContainerSpec container, ImageProcess image, string hostname, bool devicesGuarded)
    {
        var security = container.Security;
        return new ProcessStart
        {
            Arguments = Arguments(container, image),
            Environment = Environment(container, image, hostname),
            WorkingDirectory = container.WorkingDirectory ?? (string.IsNullOrEmpty(image.WorkingDir) ? "/" : image.WorkingDir),
            User = User(security, image.User ?? ""),
            SupplementalGroups = [.. security.SupplementalGroups.Select(static group => (uint)group)],
            Capabilities = Capabilities.Of(security, devicesGuarded),
            NoNewPrivileges = !security.AllowPrivilegeEscalation && !security.Privileged,
            Seccomp = !security.SeccompUnconfined,
            Stdin = container.Stdin,
            Terminal = container.Tty,
        };
    }

    private static string[] Arguments(ContainerSpec container, ImageProcess image)
    {
        var entrypoint = container.Command ?? image.Entrypoint ?? [];
        var arguments = container.Args ?? (container.Command is null ? image.Cmd : null) ?? [];
        return entrypoint.Count + arguments.Count > 0
            ? [.. entrypoint, .. arguments]
            : throw new RuntimeException(RuntimeError.CannotRun, "no command specified: neither the pod nor the image names one");
    }

    private static List<string> Environment(ContainerSpec container, ImageProcess image, string hostname)
    {
        var variables = new OrderedDictionary<string, string> { ["HOSTNAME"] = hostname };
        foreach (var variable in image.Env ?? [])
        {
            var equals = variable.IndexOf('=');
            variables[equals < 0 ? variable : variable[..equals]] = equals < 0 ? "" : variable[(equals + 1)..];
        }

        if (container.Tty)
        {
            variables["TERM"] = "xterm";
        }

        foreach (var (name, value) in container.Environment)
        {
            variables[name] = value;
        }

        return [.. variables.Select(static variable => $"{variable.Key}={variable.Value}")];
    }

    private static string User(ContainerSecurity security, string image)
    {
        var user = security.RunAsUser?.ToString(CultureInfo.InvariantCulture)
            ?? (security.RunAsGroup is null ? image : image.Split(':')[0]);
        return security.RunAsGroup is { } group ? string.Create(CultureInfo.InvariantCulture, $"{user}:{group}") : user;
    }
}
