using System.Globalization;
using System.Text;

namespace MiniKube.ApiServer;

/// <summary>Where a walk is: <c>spec.containers[0].image</c>. The text is only made when asked for.</summary>
internal sealed class FieldPath
{
    private readonly List<(string? Name, int Index)> _segments = new(capacity: 16);

    public void Push(string name) => _segments.Add((name, 0));

    public void Push(int index) => _segments.Add((null, index));

    public void Pop() => _segments.RemoveAt(_segments.Count - 1);

    /// <summary>The path of a field below.</summary>
    public string With(string name) => _segments.Count == 0 ? name : $"{this}.{name}";

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (name, index) in _segments)
        {
            if (name is null)
            {
                text.Append(CultureInfo.InvariantCulture, $"[{index}]");
                continue;
            }

            text.Append(text.Length == 0 ? "" : ".").Append(name);
        }

        return text.ToString();
    }
}
