using MiniKube.Cel.Binding;
using MiniKube.Cel.Syntax;

namespace MiniKube.Cel;

/// <summary>The variables an expression may name; all are dynamically typed. Immutable.</summary>
public sealed class CelEnvironment(params string[] variables)
{
    /// <summary>Compiles an expression; programs are for the caller to cache.</summary>
    /// <exception cref="CelCompileException">The text is no expression, or names what is not there.</exception>
    public CelProgram Compile(string expression)
    {
        var tree = new Parser(expression).Parse();
        var binder = new Binder(expression, variables);
        var root = binder.Bind(tree);
        return new CelProgram(root, variables.Length, binder.SlotCount, binder.Mentioned);
    }
}
