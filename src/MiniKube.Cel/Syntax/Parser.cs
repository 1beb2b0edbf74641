using System.Collections.Frozen;

namespace MiniKube.Cel.Syntax;

/// <summary>
/// A recursive-descent parser. Limits: 100,000 characters and 250 levels (the defaults of Kubernetes' evaluator), so that neither
/// parsing nor evaluation can exhaust the stack; <c>&amp;&amp;</c> and <c>||</c> of any number of terms are one level.
/// </summary>
internal sealed class Parser
{
    private const int MaxLength = 100_000;
    private const int MaxDepth = 250;

    private static readonly FrozenDictionary<string, int> Precedence = new Dictionary<string, int>
    {
        ["||"] = 1, ["&&"] = 2, ["=="] = 3, ["!="] = 3, ["<"] = 3, ["<="] = 3, [">"] = 3, [">="] = 3, ["in"] = 3,
        ["+"] = 4, ["-"] = 4, ["*"] = 5, ["/"] = 5, ["%"] = 5,
    }.ToFrozenDictionary();

    private static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return",
        "var", "void", "while");

    private readonly string source;
    private readonly Lexer lexer;
    private Token token;
    private int depth;

    public Parser(string source)
    {
        this.source = source;
        if (source.Length > MaxLength)
        {
            throw Failure(0, $"expression code point size exceeds limit: size: {source.Length}, limit {MaxLength}");
        }

        lexer = new Lexer(source);
        token = lexer.Next();
    }

    public Tree Parse()
    {
        var tree = Expression();
        return token.Kind == TokenKind.End ? tree : throw Unexpected();
    }

    private Tree Expression()
    {
        if (++depth > MaxDepth)
        {
            throw Failure(token.At, $"expression recursion limit exceeded: {MaxDepth}");
        }

        var tree = Binary(1);
        if (Is("?"))
        {
            var at = token.At;
            Advance();
            var yes = Binary(1);
            Expect(":");
            tree = Bounded(new Tree(TreeKind.Call, at, "?:", null, null, [tree, yes, Expression()]));
        }

        depth--;
        return tree;
    }

    private Tree Binary(int least)
    {
        var left = Unary();
        while (token.Kind == TokenKind.Symbol && Precedence.TryGetValue(token.Text, out var level) && level >= least)
        {
            var (name, at) = (token.Text, token.At);
            var terms = new List<Tree> { left };
            do
            {
                Advance();
                terms.Add(Binary(level + 1));
            }
            while (level <= 2 && Is(name));
            left = Bounded(new Tree(TreeKind.Call, at, name, null, null, terms));
        }

        return left;
    }

    private Tree Unary()
    {
        if (!Is("!") && !Is("-"))
        {
            return Member();
        }

        var (name, at) = (token.Text, token.At);
        var times = 0;
        for (; Is(name); times++)
        {
            Advance();
        }

        // An even number of signs says nothing but that the operand has a sign; two keep the type check.
        times = times > 2 ? 2 - (times % 2) : times;
        var signed = name == "-" && times == 1 && token is { Kind: TokenKind.Literal, Value: long or double };
        if (signed || ReferenceEquals(token.Value, Boxes.MinMagnitude))
        {
            object negative = token.Value switch
            {
                long number => (object)-number,
                double number => -number,
                _ when name == "-" && times == 1 => long.MinValue,
                _ => throw Failure(at, "invalid int literal"),
            };
            token = token with { Value = negative };
            return Member();
        }

        // "!" and "-" mixed nest like parentheses do.
        if (++depth > MaxDepth)
        {
            throw Failure(token.At, $"expression recursion limit exceeded: {MaxDepth}");
        }

        var operand = Is("!") || Is("-") ? Unary() : Member();
        depth--;
        for (; times > 0; times--)
        {
            operand = Bounded(new Tree(TreeKind.Call, at, name == "-" ? "-x" : "!x", null, null, [operand]));
        }

        return operand;
    }

    private Tree Member()
    {
        var tree = Primary();
        while (true)
        {
            var at = token.At;
            if (Is("."))
            {
                Advance();
                var optional = Accept("?");
                var name = Name();
                tree = Is("(") && !optional
                    ? new Tree(TreeKind.Call, token.At, name, null, tree, Arguments("(", ")"))
                    : new Tree(TreeKind.Select, at, name, null, tree, []) { Optional = optional };
            }
            else if (Is("["))
            {
                Advance();
                var optional = Accept("?");
                var index = Expression();
                Expect("]");
                tree = new Tree(TreeKind.Index, at, "[]", null, tree, [index]) { Optional = optional };
            }
            else if (Is("{") && TypeName(tree) is { } type)
            {
                tree = Message(type, at);
            }
            else
            {
                return tree;
            }

            Bounded(tree);
        }
    }

    private Tree Primary()
    {
        var start = token;
        if (ReferenceEquals(start.Value, Boxes.MinMagnitude))
        {
            throw Failure(start.At, "invalid int literal");
        }

        if (start.Kind == TokenKind.Literal)
        {
            Advance();
            return new Tree(TreeKind.Literal, start.At, start.Text, start.Value, null, []);
        }

        if (Accept("("))
        {
            var inner = Expression();
            Expect(")");
            return inner;
        }

        if (Is("["))
        {
            var marks = new HashSet<int>();
            return Bounded(new Tree(TreeKind.List, start.At, "list", null, null, Arguments("[", "]", marks)) { Marks = marks });
        }

        if (Is("{"))
        {
            return Map();
        }

        Accept(".");
        if (token.Kind != TokenKind.Identifier)
        {
            throw Unexpected();
        }

        var name = Name();
        if (Reserved.Contains(name))
        {
            throw Failure(start.At, $"reserved identifier: {name}");
        }

        return Is("(")
            ? Bounded(new Tree(TreeKind.Call, token.At, name, null, null, Arguments("(", ")")))
            : new Tree(TreeKind.Identifier, start.At, name, null, null, []);
    }

    // a.b.c as the name of a type.
    private static string? TypeName(Tree tree) => tree switch
    {
        { Kind: TreeKind.Identifier } => tree.Name,
        { Kind: TreeKind.Select, Optional: false, Target: { } target } when TypeName(target) is { } space => $"{space}.{tree.Name}",
        _ => null,
    };

    /// <summary>A value of a type, <c>Object{spec: ...}</c>: a map whose keys are names.</summary>
    private Tree Message(string type, int at)
    {
        var entries = new List<Tree>();
        var marks = new HashSet<int>();
        Expect("{");
        while (!Is("}"))
        {
            if (Accept("?"))
            {
                marks.Add(entries.Count);
            }

            var (place, name) = (token.At, Binding.FieldNames.Unescape(Name()));
            entries.Add(new Tree(TreeKind.Literal, place, name, name, null, []));
            Expect(":");
            entries.Add(Expression());
            if (!Accept(","))
            {
                break;
            }
        }

        Expect("}");
        return new Tree(TreeKind.Map, at, type, null, null, entries) { Marks = marks };
    }

    private Tree Map()
    {
        var at = token.At;
        var entries = new List<Tree>();
        var marks = new HashSet<int>();
        Expect("{");
        while (!Is("}"))
        {
            if (Accept("?"))
            {
                marks.Add(entries.Count);
            }

            entries.Add(Expression());
            Expect(":");
            entries.Add(Expression());
            if (!Accept(","))
            {
                break;
            }
        }

        Expect("}");
        return Bounded(new Tree(TreeKind.Map, at, "map", null, null, entries) { Marks = marks });
    }

    private List<Tree> Arguments(string open, string close, HashSet<int>? marks = null)
    {
        var list = new List<Tree>();
        Expect(open);
        while (!Is(close))
        {
            if (marks is not null && Accept("?"))
            {
                marks.Add(list.Count);
            }

            list.Add(Expression());
            if (!Accept(","))
            {
                break;
            }
        }

        Expect(close);
        return list;
    }

    private Tree Bounded(Tree tree)
        => tree.Depth <= MaxDepth ? tree : throw Failure(tree.At, $"expression recursion limit exceeded: {MaxDepth}");

    private bool Is(string symbol) => token.Kind == TokenKind.Symbol && token.Text == symbol;

    private bool Accept(string symbol)
    {
        var there = Is(symbol);
        if (there)
        {
            Advance();
        }

        return there;
    }

    private void Expect(string symbol)
    {
        if (!Accept(symbol))
        {
            throw Unexpected();
        }
    }

    private string Name()
    {
        var name = token.Kind == TokenKind.Identifier ? token.Text : throw Unexpected();
        Advance();
        return name;
    }

    private void Advance() => token = lexer.Next();

    private CelCompileException Unexpected() => Failure(token.At, $"Syntax error: mismatched input '{token.Text}'");

    private CelCompileException Failure(int offset, string message) => new(CelIssue.At(source, offset, message));
}
