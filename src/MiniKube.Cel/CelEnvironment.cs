using MiniKube.Cel.Binding;
using MiniKube.Cel.Checking;
using MiniKube.Cel.Syntax;

namespace MiniKube.Cel;

/// <summary>The variables an expression may name; all are dynamically typed. Immutable.</summary>
public sealed class CelEnvironment(params string[] variables)
{
    /// <summary>True when expressions may make <c>Object{...}</c>, <c>Object.spec{...}</c> and <c>JSONPatch{...}</c>.</summary>
    public bool HasPatchTypes { get; init; }

    /// <summary>
    /// Looks for what cannot be right whatever the values are: unknown fields, operators between types that have none. What passes may
    /// still fail where types are not known.
    /// </summary>
    /// <param name="expression">The text.</param>
    /// <param name="shapes">What is known of the variables, in their order.</param>
    /// <returns>The type of the result.</returns>
    /// <exception cref="CelCompileException">Something is wrong; it says what and where.</exception>
    public CelShape Check(string expression, params CelShape[] shapes)
    {
        Compile(expression);
        return new Checker(expression, [.. variables.Zip(shapes)]).Of(new Parser(expression).Parse());
    }

    /// <summary>Compiles an expression; programs are for the caller to cache.</summary>
    /// <exception cref="CelCompileException">The text is no expression, or names what is not there.</exception>
    public CelProgram Compile(string expression)
    {
        var tree = new Parser(expression).Parse();
        var binder = new Binder(expression, variables, HasPatchTypes);
        var root = binder.Bind(tree);
        return new CelProgram(root, variables.Length, binder.SlotCount, binder.Mentioned);
    }
}
