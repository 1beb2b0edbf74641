using System.ComponentModel;
using System.Diagnostics;
using System.Security.Cryptography;

namespace MiniKube.Runtimes;

/// <summary>Puts the shim's program into the data directory and starts it for sandboxes.</summary>
internal sealed class ShimLauncher(string directory, TimeProvider time)
{
    private const int TextFileBusy = 26;

    // A process started while the file was being written holds it open until it becomes another program: a moment.
    private const int BusyAttemptsMax = 100;

    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly Lazy<string> _program = new(() => Install(directory));

    /// <summary>Returns the shim's process id once the sandbox is ready.</summary>
    /// <exception cref="RuntimeException">The kernel refused what it needs.</exception>
    public async Task<int> StartAsync(SandboxStart start, CancellationToken cancellationToken)
    {
        using var process = await StartProcessAsync(start.Directory, cancellationToken);
        try
        {
            using var writer = new BinaryWriter(process.StandardInput.BaseStream);
            start.Write(writer);
            process.StandardInput.Close();
            var answer = await process.StandardOutput.ReadLineAsync(cancellationToken);
            return answer is "" ? process.Id : throw Failure(answer ?? await process.StandardError.ReadToEndAsync(cancellationToken));
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    private async Task<Process> StartProcessAsync(string workingDirectory, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return Process.Start(new ProcessStartInfo(_program.Value, "start")
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                    WorkingDirectory = workingDirectory,
                })!;
            }
            catch (Win32Exception busy) when (busy.NativeErrorCode == TextFileBusy && attempt < BusyAttemptsMax)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), time, cancellationToken);
            }
        }
    }

    private static RuntimeException Failure(string message)
        => new(RuntimeError.Failed, $"the sandbox cannot be made: {message.Trim()}");

    // Under a name with its digest: the shims of an older version still run their own file.
    private static string Install(string directory)
    {
        var program = NativePrograms.Read(NativePrograms.Shim);
        var path = Path.Combine(directory, $"{NativePrograms.Shim}-{Convert.ToHexStringLower(SHA256.HashData(program))[..16]}");
        if (!File.Exists(path))
        {
            Directory.CreateDirectory(directory);
            DurableFile.Write(path, program, Executable);
        }

        return path;
    }
}
