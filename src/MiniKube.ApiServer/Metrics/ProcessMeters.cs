using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace MiniKube.ApiServer;

/// <summary>
/// The counters and gauges that other parts of this process offer by meters named <c>MiniKube.*</c>, in Prometheus' text form. They are
/// read when somebody asks for them, and cost nothing otherwise.
/// </summary>
internal sealed class ProcessMeters : IDisposable
{
    private const string Prefix = "MiniKube.";

    private readonly Lock _reading = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, (Instrument Instrument, List<string> Lines)> _read = new(StringComparer.Ordinal);

    public ProcessMeters()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.IsObservable && instrument.Meter.Name.StartsWith(Prefix, StringComparison.Ordinal))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, labels, _) => Note(instrument, value, labels));
        _listener.Start();
    }

    /// <summary>Every series as it is now.</summary>
    public string Write()
    {
        lock (_reading)
        {
            _read.Clear();
            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var (name, (instrument, lines)) in _read)
            {
                var type = instrument is ObservableCounter<long> ? "counter" : "gauge";
                text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {instrument.Description}\n# TYPE {name} {type}\n");
                text.AppendJoin("", lines);
            }

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Note(Instrument instrument, long value, ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        var pairs = new List<string>();
        foreach (var (label, text) in labels)
        {
            pairs.Add($"{label}=\"{text}\"");
        }

        if (!_read.TryGetValue(instrument.Name, out var series))
        {
            _read[instrument.Name] = series = (instrument, []);
        }

        var named = pairs.Count == 0 ? "" : $"{{{string.Join(',', pairs)}}}";
        series.Lines.Add(string.Create(CultureInfo.InvariantCulture, $"{instrument.Name}{named} {value}\n"));
    }
}
