using System.Globalization;
using System.Text;

namespace MiniKube.Testbox;

/// <summary>
/// The values, and the file they are kept in: one <c>key value</c> line per change, so the last line of a key counts. The file is
/// rewritten at start. Callers take turns.
/// </summary>
internal sealed class KeyValueTable : IDisposable
{
    private readonly Dictionary<string, string> _values = [];
    private readonly Lock _gate = new();
    private readonly FileStream? _file;

    public KeyValueTable(string? path)
    {
        if (path is null)
        {
            return;
        }

        if (File.Exists(path))
        {
            Load(path);
        }

        var compacted = $"{path}.new";
        File.WriteAllLines(compacted, _values.Select(static pair => $"{pair.Key} {pair.Value}"));
        File.Move(compacted, path, overwrite: true);
        _file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);
    }

    public string? Find(string key)
    {
        lock (_gate)
        {
            return _values.GetValueOrDefault(key);
        }
    }

    public void Set(string key, string value)
    {
        lock (_gate)
        {
            SetLocked(key, value);
        }
    }

    /// <summary>Counts up by one from 0; null when the value is not a number.</summary>
    public long? Increment(string key)
    {
        lock (_gate)
        {
            if (!long.TryParse(_values.GetValueOrDefault(key, "0"), CultureInfo.InvariantCulture, out var number))
            {
                return null;
            }

            SetLocked(key, (number + 1).ToString(CultureInfo.InvariantCulture));
            return number + 1;
        }
    }

    public void Dispose() => _file?.Dispose();

    private void SetLocked(string key, string value)
    {
        _file?.Write(Encoding.UTF8.GetBytes($"{key} {value}\n"));
        _file?.Flush(flushToDisk: true);
        _values[key] = value;
    }

    private void Load(string path)
    {
        foreach (var line in File.ReadLines(path))
        {
            if (line.Split(' ', 2) is [var key, var value])
            {
                _values[key] = value;
            }
        }
    }
}
