using Microsoft.Extensions.Logging;

namespace MiniKube.Networking;

/// <summary>Chooses how Services are carried on this machine, and says so.</summary>
internal sealed partial class ForwarderChoice(
    ServiceProxyOptions options, TimeProvider time, Random random, ILogger logger)
{
    /// <exception cref="InvalidOperationException">nftables was asked for and does not work here.</exception>
    public async Task<IServiceForwarder> ChooseAsync(CancellationToken cancellationToken)
    {
        if (options.Mode == ServiceProxyModes.Userspace)
        {
            Log.Chosen(logger, ServiceProxyModes.Userspace, "as asked");
            return Userspace();
        }

        var (nft, problem) = await ProbeAsync(cancellationToken);
        if (nft is not null)
        {
            Log.Chosen(logger, ServiceProxyModes.Nftables, options.Mode == ServiceProxyModes.Auto ? "it works here" : "as asked");
            return new NftForwarder(options, nft, logger);
        }

        if (options.Mode == ServiceProxyModes.Nftables)
        {
            throw new InvalidOperationException(
                $"--service-proxy nftables does not work here: {problem}; use --service-proxy userspace");
        }

        Log.Chosen(logger, ServiceProxyModes.Userspace, problem!);
        return Userspace();
    }

    private RelayForwarder Userspace() => new(options, time, random, logger);

    /// <summary>
    /// Whether this kernel and this nft take rules such as ours: both tables are offered with one of each kind, and not
    /// made.
    /// </summary>
    private async Task<(HostCommand? Nft, string? Problem)> ProbeAsync(CancellationToken cancellationToken)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return (null, "nftables needs root on Linux");
        }

        if (HostCommand.Find("nft") is not { } nft)
        {
            return (null, "nft is not installed (the package nftables)");
        }

        var script = NftTables.Base(options) + NftTables.Bridge(options.BridgeName, PodBridge.Example);
        var result = await nft.RunAsync(["-c", "-f", "-"], script, cancellationToken);
        return result.ExitCode == 0
            ? (nft, null)
            : (null, $"nft does not take the rules: {result.Errors.Split('\n')[0]}");
    }

    private static partial class Log
    {
        [LoggerMessage(5210, LogLevel.Information, "Services are carried by {Proxy}: {Why}")]
        public static partial void Chosen(ILogger logger, string proxy, string why);
    }
}
