using System.Text.RegularExpressions;
using MiniKube.Cel.Values;

namespace MiniKube.Cel.Binding;

/// <summary>One evaluation: its variables and what it has spent.</summary>
internal sealed class Frame(int slots, long limit, CancellationToken cancellation)
{
    private Dictionary<string, Regex>? patterns;

    /// <summary>The patterns this evaluation has compiled.</summary>
    public Dictionary<string, Regex> Patterns => patterns ??= [];

    public object?[] Slots { get; } = new object?[slots];

    public long Cost { get; private set; }

    /// <summary>Pays before the work is done, so that no step is larger than the budget.</summary>
    public void Spend(long cost)
    {
        Cost += cost;
        if (Cost > limit)
        {
            throw new CelCostException();
        }
    }

    /// <summary>Going through text costs a tenth a character, as in Kubernetes.</summary>
    public void SpendText(long characters) => Spend((characters + 9) / 10);

    /// <summary>Asked for each round of a comprehension.</summary>
    public void Round()
    {
        Spend(1);
        cancellation.ThrowIfCancellationRequested();
    }
}
