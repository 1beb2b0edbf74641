using System.Net;
using k8s.Models;
using Microsoft.Extensions.Logging;
using MiniKube.Api;
using MiniKube.Client;
using MiniKube.Runtimes;

namespace MiniKube.Node;

/// <summary>Makes the Node object or takes over the one that is there, and keeps its status: written only when it differs.</summary>
internal sealed partial class NodeRegistrar(
    NodeOptions options, IApiClient client, IContainerRuntime runtime, MachineFacts machine, TimeProvider time,
    ILogger<NodeRegistrar> logger)
{
    // As many as the kubelet lists; the scheduler needs no more.
    private const int ImagesMax = 50;

    private readonly ObjectKey _key = ObjectKey.Cluster(options.NodeName);

    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The node, registered and not ready yet. Waits while no server answers, and tries again what a server refuses: pods of an
    /// earlier start run meanwhile.
    /// </summary>
    public async Task<V1Node> RegisterAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await client.WhenReachableAsync(cancellationToken);
                return await MakeOrTakeOverAsync(cancellationToken);
            }
            catch (ServerUnreachableException)
            {
                // Told by the transport.
            }
            catch (ApiException refused) when (refused.Reason is not (StatusReason.Invalid or StatusReason.BadRequest))
            {
                Log.NotRegistered(logger, options.NodeName, refused.Message);
                await Task.Delay(AfterFailure, time, cancellationToken);
            }
        }
    }

    private async Task<V1Node> MakeOrTakeOverAsync(CancellationToken cancellationToken)
    {
        var report = await ReportAsync(isReady: false, "pod network is not configured yet", cancellationToken);
        var known = await client.FindAsync<V1Node>(_key, cancellationToken);
        if (known is null)
        {
            Log.Registering(logger, options.NodeName);
            return await CreateAsync(report, options.PodCidrInUse, cancellationToken);
        }

        Log.TakingOver(logger, options.NodeName);
        return await client.UpdateWithRetryAsync(
            known, node => NodeObject.ApplyLabels(node, options, machine), subresource: null, cancellationToken)
            ?? await MakeOrTakeOverAsync(cancellationToken);
    }

    /// <summary>The node as it is after it was deleted: with the pod addresses that its pods have.</summary>
    public async Task<V1Node> RegisterAgainAsync(IPNetwork podCidr, CancellationToken cancellationToken)
    {
        if (await client.FindAsync<V1Node>(_key, cancellationToken) is { } present)
        {
            return present; // The cache is about to say so.
        }

        Log.RegisteringAgain(logger, options.NodeName);
        var report = await ReportAsync(isReady: true, problem: "", cancellationToken);
        return await CreateAsync(report, podCidr, cancellationToken);
    }

    /// <summary>With the pod addresses its pods have, unless another node has got them meanwhile.</summary>
    private async Task<V1Node> CreateAsync(NodeReport report, IPNetwork? podCidr, CancellationToken cancellationToken)
    {
        var node = NodeObject.New(options, report, time.GetUtcNow());
        if (podCidr?.ToString() is { } wanted)
        {
            var nodes = await client.ListAsync<V1Node>(ObjectQuery.All, cancellationToken);
            if (!nodes.Items.Any(other => other.Spec?.PodCIDR == wanted))
            {
                node.Spec.PodCIDR = wanted;
                node.Spec.PodCIDRs = [wanted];
            }
        }

        return await client.CreateAsync(node, cancellationToken);
    }

    /// <summary>Writes the status unless it is already so.</summary>
    public async Task ReportAsync(V1Node seen, bool isReady, string problem, CancellationToken cancellationToken)
    {
        var report = await ReportAsync(isReady, problem, cancellationToken);
        await client.UpdateWithRetryAsync(seen, node => Apply(node, report), subresource: "status", cancellationToken);
    }

    private bool Apply(V1Node node, NodeReport report)
    {
        var before = ObjectJson.Encode(node.Status ?? new V1NodeStatus());
        node.Status = NodeObject.StatusOf(options, report, node.Status ?? new V1NodeStatus(), time.GetUtcNow());
        return !before.AsSpan().SequenceEqual(ObjectJson.Encode(node.Status));
    }

    private async Task<NodeReport> ReportAsync(bool isReady, string problem, CancellationToken cancellationToken)
    {
        var version = await runtime.VersionAsync(cancellationToken);
        var images = await runtime.ListImagesAsync(cancellationToken);
        var listed = images
            .OrderByDescending(image => image.Bytes)
            .Take(ImagesMax)
            .Select(image => new V1ContainerImage { Names = [.. image.Names], SizeBytes = image.Bytes });
        return new NodeReport(machine, version, [.. listed], isReady, problem);
    }

    private static partial class Log
    {
        [LoggerMessage(4028, LogLevel.Warning, "Node {Node} not registered, trying again: {Problem}")]
        public static partial void NotRegistered(ILogger logger, string node, string problem);

        [LoggerMessage(4020, LogLevel.Information, "Registering node {Node}")]
        public static partial void Registering(ILogger logger, string node);

        [LoggerMessage(4025, LogLevel.Warning, "Node {Node} was deleted while its agent runs: registering it again")]
        public static partial void RegisteringAgain(ILogger logger, string node);

        [LoggerMessage(4021, LogLevel.Information, "Taking over node {Node}")]
        public static partial void TakingOver(ILogger logger, string node);
    }
}
