using System.Text.Json;
using MiniKube.Cel.Binding;
using MiniKube.Cel.Values;

namespace MiniKube.Cel;

/// <summary>A compiled expression; immutable, for any number of threads.</summary>
public sealed class CelProgram
{
    private readonly Op root;
    private readonly int slots;
    private readonly int variables;
    private readonly IReadOnlySet<string> mentioned;

    internal CelProgram(Op root, int variables, int slots, IReadOnlySet<string> mentioned)
        => (this.root, this.variables, this.slots, this.mentioned) = (root, variables, slots, mentioned);

    /// <summary>Whether the expression names the variable.</summary>
    public bool Mentions(string variable) => mentioned.Contains(variable);

    /// <summary>
    /// Evaluates with the environment's variables, in its order; a <see cref="JsonElement"/> is read where the expression looks,
    /// never converted whole. Every failure of the expression is a result with an error; only cancellation throws.
    /// </summary>
    /// <exception cref="ArgumentException">Not as many values as the environment has variables.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public CelResult Evaluate(ReadOnlySpan<object?> values, CelBudget budget, CancellationToken cancellation)
    {
        if (values.Length != variables)
        {
            throw new ArgumentException($"the environment has {variables} variables, {values.Length} values were given", nameof(values));
        }

        var limit = Math.Min(CelBudget.PerCall, budget.Remaining);
        var frame = new Frame(slots, limit, cancellation);
        for (var i = 0; i < values.Length; i++)
        {
            frame.Slots[i] = values[i] is JsonElement json ? JsonValues.Of(json) : values[i];
        }

        try
        {
            var value = root.Run(frame);
            return value is CelError error ? new CelResult(null, error.Message, frame.Cost) : new CelResult(value, null, frame.Cost);
        }
        catch (CelCostException exceeded)
        {
            return new CelResult(null, exceeded.Message, frame.Cost);
        }
        finally
        {
            budget.Spend(frame.Cost);
        }
    }
}
