using System.Collections.Frozen;
using MiniKube.Cel.Binding;
using MiniKube.Cel.Syntax;

namespace MiniKube.Cel.Checking;

/// <summary>
/// Finds what cannot be right whatever the values are: fields an object does not have, operators between types that have none. Where it
/// does not know a type it says nothing.
/// </summary>
internal sealed class Checker(string source, IReadOnlyList<(string Name, CelShape Shape)> variables)
{
    private static readonly FrozenSet<string> Predicates = FrozenSet.Create(
        "startsWith", "endsWith", "contains", "matches", "isSorted", "hasValue", "bool", "isIP", "isCIDR", "isURL", "isQuantity",
        "allowed", "errored",
        "sets.contains", "sets.intersects", "sets.equivalent");

    private static readonly FrozenSet<string> Texts = FrozenSet.Create(
        "string", "format", "lowerAscii", "upperAscii", "trim", "reverse", "replace", "substring", "charAt", "join", "find",
        "jsonpatch.escapeKey");

    private static readonly FrozenSet<string> Numbers = FrozenSet.Create(
        "size", "int", "getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear", "getHours", "getMinutes",
        "getSeconds", "getMilliseconds");

    private readonly List<(string Name, CelShape Shape)> _scope = [.. variables];

    public CelShape Of(Tree tree) => tree.Kind switch
    {
        TreeKind.Literal => OfLiteral(tree.Value),
        TreeKind.Identifier => _scope.FindLast(one => one.Name == tree.Name).Shape ?? CelShape.Dynamic,
        TreeKind.Select => OfSelect(tree),
        TreeKind.Index => OfIndex(tree),
        TreeKind.List => OfList(tree),
        TreeKind.Map => OfMap(tree),
        _ => OfCall(tree),
    };

    private static CelShape OfLiteral(object? value) => value switch
    {
        bool => CelShape.Bool,
        long => CelShape.Int,
        ulong => CelShape.Uint,
        double => CelShape.Double,
        string => CelShape.String,
        byte[] => CelShape.Bytes,
        _ => CelShape.Dynamic,
    };

    private CelShape OfSelect(Tree tree)
    {
        var target = Of(tree.Target!);
        if (target.IsObject)
        {
            var found = target.Field(FieldNames.Unescape(tree.Name)) ?? throw Failure(tree, $"undefined field '{tree.Name}'");
            return tree.Optional ? CelShape.Dynamic : found;
        }

        if (target.IsScalar || target.IsList)
        {
            throw Failure(tree, $"type '{target.Name}' does not support field selection");
        }

        return target.IsMap && !tree.Optional ? target.Element! : CelShape.Dynamic;
    }

    private CelShape OfIndex(Tree tree)
    {
        var (target, index) = (Of(tree.Target!), Of(tree.Children[0]));
        var wrong = target.IsScalar || (target.IsList && index.IsScalar && !IsNumber(index))
            || (target.IsMap && index.IsScalar && index.Name != "string");
        if (wrong)
        {
            throw NoOverload(tree, "_[_]", target, index);
        }

        return tree.Optional ? CelShape.Dynamic : target.Element ?? CelShape.Dynamic;
    }

    private CelShape OfList(Tree tree)
    {
        var shapes = tree.Children.Select(Of).ToList();
        var isOne = shapes.Count > 0 && tree.Marks.Count == 0 && shapes.All(one => one.IsScalar && one.Name == shapes[0].Name);
        return CelShape.ListOf(isOne ? shapes[0] : CelShape.Dynamic);
    }

    private CelShape OfMap(Tree tree)
    {
        foreach (var entry in tree.Children)
        {
            Of(entry);
        }

        return CelShape.MapOf(CelShape.Dynamic);
    }

    private CelShape OfCall(Tree call)
    {
        switch (call.Name)
        {
            case "has" when call.Target is null:
                Of(call.Children[0]);
                return CelShape.Bool;
            case "?:" when call.Target is null:
                return OfCondition(call);
            case "&&" or "||" or "!x":
                foreach (var operand in call.Children)
                {
                    Expect(operand, Of(operand), CelShape.Bool);
                }

                return CelShape.Bool;
        }

        return call.Target is null ? OfFunction(call) : OfMacro(call) ?? OfMember(call);
    }

    private CelShape OfCondition(Tree call)
    {
        Expect(call.Children[0], Of(call.Children[0]), CelShape.Bool);
        var (yes, no) = (Of(call.Children[1]), Of(call.Children[2]));
        return yes.IsScalar && yes.Name == no.Name ? yes : CelShape.Dynamic;
    }

    private CelShape OfFunction(Tree call)
    {
        var arguments = call.Children.Select(Of).ToList();
        return arguments.Count == 2 && Operators.IsOperator(call.Name)
            ? Operators.Result(call.Name, arguments[0], arguments[1])
                ?? throw NoOverload(call, $"_{call.Name}_", arguments[0], arguments[1])
            : ResultOf(call.Name, arguments.Count == 1 ? arguments[0] : null);
    }

    private CelShape OfMember(Tree call)
    {
        // optional.of and sets.contains look like calls on a variable.
        var isNamespace = call.Target!.Kind == TreeKind.Identifier && _scope.TrueForAll(one => one.Name != call.Target.Name);
        var target = isNamespace ? null : Of(call.Target);
        foreach (var argument in call.Children)
        {
            Of(argument);
        }

        return ResultOf(target is null ? $"{call.Target.Name}.{call.Name}" : call.Name, target);
    }

    private static CelShape ResultOf(string name, CelShape? argument)
        => name == "-x" ? argument ?? CelShape.Dynamic
            : Predicates.Contains(name) ? CelShape.Bool
            : Texts.Contains(name) ? CelShape.String
            : Numbers.Contains(name) ? CelShape.Int
            : name switch
            {
                "double" => CelShape.Double,
                "duration" => CelShape.Duration,
                "timestamp" => CelShape.Timestamp,
                "split" or "findAll" => CelShape.ListOf(CelShape.String),
                _ => CelShape.Dynamic,
            };

    private CelShape? OfMacro(Tree call)
    {
        var isLoop = (call.Name, call.Children.Count) is ("all" or "exists" or "exists_one" or "existsOne" or "filter", 2)
            or ("map", 2 or 3) or ("optMap" or "optFlatMap", 2);
        if (!isLoop || call.Children[0].Kind != TreeKind.Identifier)
        {
            return null;
        }

        var range = Of(call.Target!);
        if (range.IsScalar)
        {
            throw Failure(call, $"expression of type '{range.Name}' cannot be range of a comprehension (must be list, map, or dynamic)");
        }

        var variable = range.IsList ? range.Element! : range.IsMap || range.IsObject ? CelShape.String : CelShape.Dynamic;
        _scope.Add((call.Children[0].Name, variable));
        var bodies = call.Children.Skip(1).Select(body => (Tree: body, Shape: Of(body))).ToList();
        _scope.RemoveAt(_scope.Count - 1);
        if (call.Name is not ("map" or "optMap" or "optFlatMap") || bodies.Count == 2)
        {
            Expect(bodies[0].Tree, bodies[0].Shape, CelShape.Bool);
        }

        return call.Name switch
        {
            "filter" => range.IsList ? range : CelShape.Dynamic,
            "map" => CelShape.ListOf(bodies[^1].Shape),
            "optMap" or "optFlatMap" => CelShape.Dynamic,
            _ => CelShape.Bool,
        };
    }

    private void Expect(Tree tree, CelShape actual, CelShape wanted)
    {
        if (!actual.IsDynamic && actual.Name != wanted.Name)
        {
            throw Failure(tree, $"expected type '{wanted.Name}' but found '{actual.Name}'");
        }
    }

    private static bool IsNumber(CelShape shape) => shape.Name is "int" or "uint" or "double";

    private CelCompileException NoOverload(Tree tree, string name, CelShape left, CelShape right)
        => Failure(tree, $"found no matching overload for '{name}' applied to '({left.Name}, {right.Name})'");

    private CelCompileException Failure(Tree tree, string message) => new(CelIssue.At(source, tree.At, message));
}
