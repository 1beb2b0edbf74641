using System.Globalization;
using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace MiniKube.Runtimes;

/// <summary>The engine's bridge network that the pods of one instance are on. All members are safe to repeat.</summary>
internal sealed class DockerNetwork(DockerClient client, DockerRuntimeOptions runtime, TimeProvider time) : IDisposable
{
    // Engine 28.0: from here on packets to a container's own address are dropped unless its network says otherwise.
    private static readonly System.Version UnprotectedSince = new(1, 48);


    private readonly string _instance = runtime.InstanceName;
    private readonly EngineRetry _retry = new(time);
    private readonly SemaphoreSlim _leaving = new(1);

    /// <summary>Makes the network, or makes it anew when it has other addresses.</summary>
    /// <exception cref="RuntimeException">The engine refuses, or pods are still on the one with other addresses.</exception>
    public async Task EnsureAsync(IPNetwork podCidr, CancellationToken cancellationToken)
    {
        var wanted = podCidr.ToString();
        var options = await OptionsAsync(cancellationToken);
        var network = await FindAsync(cancellationToken);
        if (network is not null
            && (network.IPAM.Config.All(config => config.Subnet != wanted)
                || await CanBeImprovedAsync(network, options, cancellationToken)))
        {
            await DockerErrors.TranslateAsync(client.Networks.DeleteNetworkAsync(network.ID, cancellationToken));
            network = null;
        }

        if (network is null)
        {
            await CreateAsync(wanted, options, cancellationToken);
        }
    }

    /// <summary>
    /// Removes the network if it is there. What still hangs on it, which can only be the remains of containers that are
    /// gone, is cut off.
    /// </summary>
    /// <exception cref="RuntimeException">The engine would not remove it within twenty seconds.</exception>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        while (await FindAsync(cancellationToken) is { } network)
        {
            // The engine lets go of a dead container's address some time after it has said that the container is gone.
            await _retry.WhileAsync(
                HttpStatusCode.Forbidden,
                () => client.Networks.DeleteNetworkAsync(network.ID, cancellationToken),
                () => CutOffAsync(network.ID, cancellationToken),
                cancellationToken);
        }
    }

    /// <summary>
    /// Takes a container off the network before it is removed. One at a time: when several go at once the engine's count of
    /// them can stay above zero, and the network can never be removed again (https://github.com/moby/moby/issues/42119).
    /// </summary>
    public async Task LeaveAsync(string containerId, CancellationToken cancellationToken)
    {
        await _leaving.WaitAsync(cancellationToken);
        try
        {
            await client.Networks.DisconnectNetworkAsync(
                _instance, new NetworkDisconnectParameters { Container = containerId, Force = true }, cancellationToken);
        }
        catch (DockerApiException absent) when (absent.StatusCode is not HttpStatusCode.BadRequest)
        {
            // It is not on it: a pod of the host's network, or one that has died. The engine has a different status for each.
        }
        catch (Exception failure) when (DockerErrors.Translate(failure) is { } translated)
        {
            throw translated;
        }
        finally
        {
            _leaving.Release();
        }
    }

    public void Dispose() => _leaving.Dispose();

    private async Task CutOffAsync(string networkId, CancellationToken cancellationToken)
    {
        try
        {
            var network = await client.Networks.InspectNetworkAsync(networkId, cancellationToken);
            foreach (var (container, endpoint) in network.Containers)
            {
                // The remains of a container that is gone are known by the endpoint's name only.
                var name = container.StartsWith("ep-", StringComparison.Ordinal) ? endpoint.Name : container;
                await client.Networks.DisconnectNetworkAsync(
                    networkId, new NetworkDisconnectParameters { Container = name, Force = true }, cancellationToken);
            }
        }
        catch (DockerApiException gone) when (gone.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.InternalServerError)
        {
            // It let go between the question and the answer, which is what was wanted; removing the network tells.
        }
    }

    /// <summary>It was made with other options, and no pod is on it that would notice.</summary>
    private async Task<bool> CanBeImprovedAsync(
        NetworkResponse network, Dictionary<string, string> options, CancellationToken cancellationToken)
    {
        if (options.All(option => network.Options?.TryGetValue(option.Key, out var value) == true && value == option.Value))
        {
            return false;
        }

        var details = await DockerErrors.TranslateAsync(client.Networks.InspectNetworkAsync(network.ID, cancellationToken));
        return details.Containers.Count == 0;
    }

    private async Task<Dictionary<string, string>> OptionsAsync(CancellationToken cancellationToken)
    {
        var options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = _instance };
        if (runtime.Mtu is { } mtu)
        {
            options["com.docker.network.driver.mtu"] = mtu.ToString(CultureInfo.InvariantCulture);
        }

        if (!runtime.Masquerades)
        {
            options["com.docker.network.bridge.enable_ip_masquerade"] = "false";
        }

        var engine = await DockerErrors.TranslateAsync(client.System.GetVersionAsync(cancellationToken));
        if (System.Version.TryParse(engine.APIVersion, out var version) && version >= UnprotectedSince)
        {
            // Pods of other nodes come in at the pod's own address.
            options["com.docker.network.bridge.gateway_mode_ipv4"] = "nat-unprotected";
        }

        return options;
    }

    private async Task CreateAsync(string subnet, Dictionary<string, string> options, CancellationToken cancellationToken)
        => await DockerErrors.TranslateAsync(client.Networks.CreateNetworkAsync(
            new NetworksCreateParameters
            {
                Name = _instance,
                Driver = "bridge",
                CheckDuplicate = true,
                Labels = new Dictionary<string, string> { [DockerLabels.Instance] = _instance },
                Options = options,
                IPAM = new IPAM { Config = [new IPAMConfig { Subnet = subnet }] },
            },
            cancellationToken));

    private async Task<NetworkResponse?> FindAsync(CancellationToken cancellationToken)
    {
        var networks = await DockerErrors.TranslateAsync(client.Networks.ListNetworksAsync(
            new NetworksListParameters { Filters = DockerLabels.FilterOf(_instance) }, cancellationToken));
        return networks.FirstOrDefault(network => network.Name == _instance);
    }
}
