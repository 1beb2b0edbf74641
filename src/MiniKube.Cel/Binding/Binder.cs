using MiniKube.Cel.Functions;
using MiniKube.Cel.Syntax;

namespace MiniKube.Cel.Binding;

/// <summary>Turns the tree into steps: names become slots, macros become loops, functions are looked up.</summary>
internal sealed class Binder(string source, IReadOnlyList<string> variables, bool hasPatchTypes)
{
    private readonly List<string> scope = [.. variables];

    /// <summary>The variables of the environment that are named somewhere.</summary>
    public HashSet<string> Mentioned { get; } = [];

    public int SlotCount { get; private set; } = variables.Count;

    public Op Bind(Tree tree) => tree.Kind switch
    {
        TreeKind.Literal => new ConstantOp(tree.Value),
        TreeKind.Identifier => Name(tree),
        TreeKind.Select => new SelectOp(Bind(tree.Target!), tree.Name, tree.Optional ? Access.Optional : Access.Value),
        TreeKind.Index => new IndexOp(Bind(tree.Target!), Bind(tree.Children[0]), tree.Optional),
        TreeKind.List => new ListOp(All(tree.Children), tree.Marks),
        TreeKind.Map when tree.Name != "map" && !IsPatchType(tree.Name)
            => throw Failure(tree.At, $"undeclared reference to '{tree.Name}' (in container '')"),
        TreeKind.Map => new MapOp(All(tree.Children), tree.Marks),
        _ => Call(tree),
    };

    private bool IsPatchType(string name)
        => hasPatchTypes && (name is "Object" or "JSONPatch" || name.StartsWith("Object.", StringComparison.Ordinal));

    private Op[] All(IReadOnlyList<Tree> trees) => [.. trees.Select(Bind)];

    private Op Name(Tree tree)
    {
        var slot = scope.LastIndexOf(tree.Name);
        if (slot >= 0 && slot < variables.Count)
        {
            Mentioned.Add(tree.Name);
        }

        return slot >= 0 ? new SlotOp(slot)
            : TypeFunctions.Denotations.TryGetValue(tree.Name, out var type) ? new ConstantOp(type)
            : throw Failure(tree.At, $"undeclared reference to '{tree.Name}' (in container '')");
    }

    private Op Call(Tree call)
    {
        var arguments = call.Children;
        switch (call.Name)
        {
            case "?:" when call.Target is null:
                return new ConditionOp(Bind(arguments[0]), Bind(arguments[1]), Bind(arguments[2]));
            case "&&" or "||":
                return new LogicOp(call.Name == "||", All(arguments));
            case "has" when call.Target is null:
                return arguments is [{ Kind: TreeKind.Select, Optional: false } field]
                    ? new SelectOp(Bind(field.Target!), field.Name, Access.Presence)
                    : throw Failure(call.At, "invalid argument to has() macro");
        }

        return call.Target is null ? Global(call, call.Name, All(arguments))
            : Macro(call) is { } macro ? macro
            : Namespaced(call) is { } name ? Global(call, name, All(arguments))
            : Member(call);
    }

    private Op? Macro(Tree call)
    {
        var arguments = call.Children;
        return (call.Name, arguments.Count) switch
        {
            ("all", 2) => Loop(call, (range, slot) => new QuantifierOp(range, slot, false, Bind(arguments[1]))),
            ("exists", 2) => Loop(call, (range, slot) => new QuantifierOp(range, slot, true, Bind(arguments[1]))),
            ("exists_one" or "existsOne", 2) => Loop(call, (range, slot) => new ExistsOneOp(range, slot, Bind(arguments[1]))),
            ("filter", 2) => Loop(call, (range, slot) => new MapFilterOp(range, slot, Bind(arguments[1]), null)),
            ("map", 2) => Loop(call, (range, slot) => new MapFilterOp(range, slot, null, Bind(arguments[1]))),
            ("map", 3) => Loop(call, (range, slot) => new MapFilterOp(range, slot, Bind(arguments[1]), Bind(arguments[2]))),
            ("optMap", 2) => Loop(call, (range, slot) => new OptionalMapOp(range, slot, false, Bind(arguments[1]))),
            ("optFlatMap", 2) => Loop(call, (range, slot) => new OptionalMapOp(range, slot, true, Bind(arguments[1]))),
            ("or", 1) => new OrOp(Bind(call.Target!), Bind(arguments[0]), false),
            ("orValue", 1) => new OrOp(Bind(call.Target!), Bind(arguments[0]), true),
            _ => null,
        };
    }

    private Op Loop(Tree call, Func<Op, int, Op> make)
    {
        if (call.Children[0] is not { Kind: TreeKind.Identifier } variable)
        {
            throw Failure(call.Children[0].At, "argument must be a simple name");
        }

        var range = Bind(call.Target!);
        scope.Add(variable.Name);
        SlotCount = Math.Max(SlotCount, scope.Count);
        var loop = make(range, scope.Count - 1);
        scope.RemoveAt(scope.Count - 1);
        return loop;
    }

    /// <summary><c>optional.of</c>, <c>sets.contains</c>: a function whose name has a dot, unless a variable has that name.</summary>
    private string? Namespaced(Tree call)
        => call.Target is { Kind: TreeKind.Identifier } space && !scope.Contains(space.Name)
            && FunctionCatalog.Global.ContainsKey($"{space.Name}.{call.Name}")
                ? $"{space.Name}.{call.Name}"
                : null;

    private Op Global(Tree call, string name, Op[] arguments)
        => arguments.Length == 2 && Operators.Binary.TryGetValue(name, out var binary) ? new BinaryOp(binary, arguments[0], arguments[1])
            : FunctionCatalog.Global.TryGetValue(name, out var function) ? new CallOp(function, arguments)
            : throw Failure(call.At, $"undeclared reference to '{name}' (in container '')");

    private CallOp Member(Tree call)
        => FunctionCatalog.Member.TryGetValue(call.Name, out var function)
            ? new CallOp(function, [Bind(call.Target!), .. All(call.Children)])
            : throw Failure(call.At, $"undeclared reference to '{call.Name}' (in container '')");

    private CelCompileException Failure(int offset, string message) => new(CelIssue.At(source, offset, message));
}
