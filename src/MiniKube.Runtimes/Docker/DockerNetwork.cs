using System.Net;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace MiniKube.Runtimes;

/// <summary>The engine's bridge network that the pods of one instance are on. All members are safe to repeat.</summary>
internal sealed class DockerNetwork(DockerClient client, string instance, TimeProvider time) : IDisposable
{
    private readonly EngineRetry _retry = new(time);
    private readonly SemaphoreSlim _leaving = new(1);

    /// <summary>Makes the network, or makes it anew when it has other addresses.</summary>
    /// <exception cref="RuntimeException">The engine refuses, or pods are still on the one with other addresses.</exception>
    public async Task EnsureAsync(IPNetwork podCidr, CancellationToken cancellationToken)
    {
        var wanted = podCidr.ToString();
        var network = await FindAsync(cancellationToken);
        if (network is not null && network.IPAM.Config.All(config => config.Subnet != wanted))
        {
            await DockerErrors.TranslateAsync(client.Networks.DeleteNetworkAsync(network.ID, cancellationToken));
            network = null;
        }

        if (network is null)
        {
            await CreateAsync(wanted, cancellationToken);
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
                instance, new NetworkDisconnectParameters { Container = containerId, Force = true }, cancellationToken);
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

    private async Task CreateAsync(string subnet, CancellationToken cancellationToken)
        => await DockerErrors.TranslateAsync(client.Networks.CreateNetworkAsync(
            new NetworksCreateParameters
            {
                Name = instance,
                Driver = "bridge",
                CheckDuplicate = true,
                Labels = new Dictionary<string, string> { [DockerLabels.Instance] = instance },
                Options = new Dictionary<string, string> { ["com.docker.network.bridge.name"] = instance },
                IPAM = new IPAM { Config = [new IPAMConfig { Subnet = subnet }] },
            },
            cancellationToken));

    private async Task<NetworkResponse?> FindAsync(CancellationToken cancellationToken)
    {
        var networks = await DockerErrors.TranslateAsync(client.Networks.ListNetworksAsync(
            new NetworksListParameters { Filters = DockerLabels.FilterOf(instance) }, cancellationToken));
        return networks.FirstOrDefault(network => network.Name == instance);
    }
}
