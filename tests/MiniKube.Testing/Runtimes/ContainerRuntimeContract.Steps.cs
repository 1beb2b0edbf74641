using System.Text;
using MiniKube.Api;
using MiniKube.Runtimes;

namespace MiniKube.Testing;

/// <content>What the tests are written in.</content>
public abstract partial class ContainerRuntimeContract
{
    private static ContainerSpec Container(params string[] command) => new()
    {
        Name = "main",
        Attempt = 0,
        Image = BundledImages.Testbox,
        Command = command,
    };

    private SandboxSpec Spec()
    {
        var name = $"pod-{Interlocked.Increment(ref _number)}";
        return new SandboxSpec
        {
            Id = $"{Guid.NewGuid():N}-0",
            Pod = new PodIdentity(new ObjectKey("default", name), Guid.NewGuid().ToString()),
            Hostname = name,
        };
    }

    private Task<SandboxStatus> SandboxAsync(CancellationToken cancellationToken) => _runtime.RunSandboxAsync(Spec(), cancellationToken);

    private async Task<string> SleeperAsync(CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        return await _runtime.StartContainerAsync(sandbox.Id, Container("sleep", "600"), cancellationToken);
    }

    private async Task<ContainerStatus> RunToEndAsync(ContainerSpec container, CancellationToken cancellationToken)
    {
        var sandbox = await SandboxAsync(cancellationToken);
        return await EndOfAsync(await _runtime.StartContainerAsync(sandbox.Id, container, cancellationToken), cancellationToken);
    }

    private async Task<string> LogOfAsync(ContainerSpec container, CancellationToken cancellationToken)
    {
        var status = await RunToEndAsync(container, cancellationToken);
        return await LogAsync(status.Id, new LogQuery(), cancellationToken);
    }

    private Task<ContainerStatus> EndOfAsync(string id, CancellationToken cancellationToken)
        => Eventually.GetsAsync(
            $"container {id} ends", () => StatusAsync(id, cancellationToken), one => one.Phase == ContainerPhase.Exited, cancellationToken);

    private async Task<ContainerStatus> StatusAsync(string id, CancellationToken cancellationToken)
        => (await _runtime.ListContainersAsync(cancellationToken)).Single(one => one.Id == id);

    private async Task<string> LogAsync(string id, LogQuery query, CancellationToken cancellationToken)
    {
        using var output = new MemoryStream();
        await _runtime.CopyLogsAsync(id, query, output, cancellationToken);
        return Encoding.UTF8.GetString(output.ToArray());
    }

    private static async Task<string> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private static async Task<string> NextAsync(IAsyncEnumerator<RuntimeEvent> events, string sandboxId)
    {
        while (await events.MoveNextAsync())
        {
            if (events.Current.SandboxId == sandboxId)
            {
                return sandboxId;
            }
        }

        return "";
    }
}
