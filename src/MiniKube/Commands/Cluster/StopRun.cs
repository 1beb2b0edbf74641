using Microsoft.Extensions.Logging;

namespace MiniKube;

/// <summary>Ends an instance, whether its process runs, was stopped, or crashed.</summary>
internal sealed class StopRun(string root, Terminal terminal)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // The process knows how long each pod may take. The answer comes when its process is gone.
        if (await ControlClient.AskAsync(root, "stop", content: null, cancellationToken) is not null)
        {
            return;
        }

        using var data = DataDirectory.Open(root);
        using var log = new ConsoleLog(terminal.Error, LogLevel.Error, json: false, terminal.Time);
        await NodeTeardown.RunAsync(data, log, terminal.Time, cancellationToken);
    }
}
