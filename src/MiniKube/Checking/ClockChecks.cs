using System.Runtime.InteropServices;

namespace MiniKube;

/// <summary>Certificates and leases need clocks that agree.</summary>
internal static class ClockChecks
{
    // A certificate that was just made is not yet good on a machine whose clock is behind; leases last 40 seconds.
    private static readonly TimeSpan SkewMax = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SkewNoted = TimeSpan.FromSeconds(2);

    /// <summary>Whether the kernel was told that somebody keeps the clock right.</summary>
    public static MachineFinding Synchronized()
    {
        const int notSynchronized = 5; // TIME_ERROR of adjtimex(2).
        const int timexBytes = 208; // struct timex on 64-bit Linux; zero asks for nothing to be changed.
        return adjtimex(new byte[timexBytes]) is >= 0 and not notSynchronized
            ? MachineFinding.Ok("clock", "synchronised")
            : MachineFinding.Lack("clock", "nobody keeps it right",
                "machines whose clocks differ do not accept each other's certificates; run chrony or systemd-timesyncd");
    }

    /// <summary>What a difference to a server's clock means; positive when that one is ahead.</summary>
    public static MachineFinding Skew(string server, TimeSpan ahead)
    {
        var text = $"{Math.Abs(ahead.TotalSeconds):0} s {(ahead > TimeSpan.Zero ? "behind" : "ahead of")} {server}";
        return ahead.Duration() switch
        {
            var skew when skew > SkewMax => MachineFinding.Blocking("clock of the server", text,
                "certificates made there are not good here, and leases lapse at once; set the clocks by NTP"),
            var skew when skew > SkewNoted => MachineFinding.Lack("clock of the server", text,
                "times in logs and events differ; set the clocks by NTP"),
            _ => MachineFinding.Ok("clock of the server", $"agrees with {server}"),
        };
    }

    /// <summary>Asks a server for its time, without trusting it with anything.</summary>
    public static async Task<MachineFinding> CompareAsync(Uri server, TimeProvider time, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await client.GetAsync(new Uri(server, "/cacerts"), cancellationToken);
            return answer.Headers.Date is { } date
                ? Skew(server.Authority, date - time.GetUtcNow())
                : MachineFinding.Lack("clock of the server", $"{server.Authority} does not tell", "none, if the clocks agree");
        }
        catch (Exception silent) when (silent is HttpRequestException
            || (silent is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return MachineFinding.Blocking("server", $"{server.Authority} does not answer: {silent.Message}",
                "this machine cannot join; see to the address, the port and the firewalls between");
        }
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int adjtimex(byte[] buffer);
}
