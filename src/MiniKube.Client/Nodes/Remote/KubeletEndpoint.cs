using System.Globalization;
using System.Net;
using System.Text;
using MiniKube.Api;

namespace MiniKube.Client;

/// <summary>
/// A node over the wire: the kubelet's HTTPS API. How the connection is made (directly, through a tunnel) is the invoker's business;
/// requests go to <c>https://NODE/</c>. Failures are worded as the node words them; a node that cannot be reached is
/// ServiceUnavailable.
/// </summary>
public sealed class KubeletEndpoint(string nodeName, HttpMessageInvoker http, TimeProvider time) : INodeEndpoint
{
    private readonly KubeletRequests _requests = new(nodeName, http, time);

    /// <inheritdoc />
    public async Task CopyLogsAsync(
        ContainerAddress container, LogOptions options, Stream destination, CancellationToken cancellationToken)
    {
        using var response = await _requests.GetAsync(PathOf("containerLogs", container) + QueryOf(options), cancellationToken);
        await using var content = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[32 * 1024];
        while (await ReadAsync(content, buffer, cancellationToken) is var count and > 0)
        {
            await destination.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            await destination.FlushAsync(cancellationToken);
        }
    }

    /// <inheritdoc />
    public async Task<IProcessSession> ExecAsync(
        ContainerAddress container, ExecOptions options, CancellationToken cancellationToken)
    {
        var query = new StringBuilder();
        Add(query, "input", options.Stdin);
        Add(query, "output", true);
        Add(query, "error", !options.Tty);
        Add(query, "tty", options.Tty);
        foreach (var word in options.Command)
        {
            Add(query, "command", word);
        }

        var socket = await _requests.UpgradeAsync(PathOf("exec", container) + query, cancellationToken);
        return new RemoteProcess(nodeName, socket, options.Stdin, options.Tty);
    }

    /// <inheritdoc />
    public async Task<IProcessSession> AttachAsync(
        ContainerAddress container, AttachOptions options, CancellationToken cancellationToken)
    {
        var query = new StringBuilder();
        Add(query, "input", options.Stdin);
        Add(query, "output", options.Stdout);
        Add(query, "error", options.Stderr);
        Add(query, "tty", options.Tty);
        var socket = await _requests.UpgradeAsync(PathOf("attach", container) + query, cancellationToken);
        return new RemoteProcess(nodeName, socket, options.Stdin, options.Tty);
    }

    /// <inheritdoc />
    public async Task<DuplexStream> ConnectAsync(ObjectKey pod, int port, CancellationToken cancellationToken)
    {
        var path = string.Create(
            CultureInfo.InvariantCulture, $"/portForward/{Escape(pod.Namespace)}/{Escape(pod.Name)}?port={port}");
        return new RemotePort(nodeName, await _requests.UpgradeAsync(path, cancellationToken));
    }

    /// <inheritdoc />
    public async Task<string> ReadResourceMetricsAsync(CancellationToken cancellationToken)
    {
        using var response = await _requests.GetAsync("/metrics/resource", cancellationToken);
        try
        {
            return await response.Content.ReadAsStringAsync(cancellationToken);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw KubeletRequests.Lost(nodeName, broken);
        }
    }

    private async ValueTask<int> ReadAsync(Stream content, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAsync(buffer, cancellationToken);
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw KubeletRequests.Lost(nodeName, broken);
        }
    }

    private static string PathOf(string what, ContainerAddress container)
        => $"/{what}/{Escape(container.Pod.Namespace)}/{Escape(container.Pod.Name)}/{Escape(container.Container ?? "")}";

    private static string QueryOf(LogOptions options)
    {
        var query = new StringBuilder();
        Add(query, "follow", options.Follow);
        Add(query, "previous", options.Previous);
        Add(query, "timestamps", options.Timestamps);
        Add(query, "tailLines", options.TailLines?.ToString(CultureInfo.InvariantCulture));
        Add(query, "limitBytes", options.LimitBytes?.ToString(CultureInfo.InvariantCulture));
        Add(query, "sinceTime", options.Since?.ToString("O", CultureInfo.InvariantCulture));
        return query.ToString();
    }

    private static void Add(StringBuilder query, string name, bool value) => Add(query, name, value ? "true" : null);

    private static void Add(StringBuilder query, string name, string? value)
    {
        if (value is not null)
        {
            query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Escape(value));
        }
    }

    private static string Escape(string text) => WebUtility.UrlEncode(text).Replace("+", "%20", StringComparison.Ordinal);
}
