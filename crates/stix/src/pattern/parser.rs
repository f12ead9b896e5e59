//! From words to the tree: the grammar of STIX 2.1 section 9 with its precedences.
//!
//! Not recursive: what lies in open parentheses waits on a stack of its own, so no text can use up
//! the stack of the thread. Each word is looked at once.
//!
//! In observations `FOLLOWEDBY` binds least, then `OR`, then `AND`, then qualifiers (section 9.5);
//! in comparisons `OR` binds less than `AND` (section 9.6). Chains of one operator are one node.

use core::time::Duration;
use std::mem;

use super::error::{Fail, PatternFault};
use super::expression::{Comparison, Expression, ObjectPath, Operator, Qualifier, Step, Test};
use super::finding::Inspector;
use super::lexer::{Lexer, Token, Word, read_number};
use super::literal::Literal;
use super::moment::Moment;
use super::{MAX_BYTES, MAX_DEPTH};

/// Reads a whole pattern; what is odd about its parts is told to `inspector`, if there is one.
pub(crate) fn read(text: &str, inspector: Option<&mut Inspector>) -> Result<Expression, Fail> {
    if text.len() > MAX_BYTES {
        return Err(Fail::new(PatternFault::TooLong, MAX_BYTES));
    }
    let mut lexer = Lexer::new(text);
    let word = lexer.next()?;
    if word.token == Token::End {
        return Err(Fail::new(PatternFault::Empty, 0));
    }
    Parser {
        lexer,
        word,
        inspector,
    }
    .pattern()
}

struct Parser<'a, 'i> {
    lexer: Lexer<'a>,
    /// The next word.
    word: Word<'a>,
    inspector: Option<&'i mut Inspector>,
}

/// Operands between two parentheses, by the operators that have come after them.
struct Group<T> {
    /// Before a `FOLLOWEDBY`.
    chain: Vec<T>,
    /// Before an `OR`.
    any: Vec<T>,
    /// Before an `AND`, or the last.
    all: Vec<T>,
}

impl<T> Group<T> {
    fn new() -> Self {
        let (chain, any, all) = (Vec::new(), Vec::new(), Vec::new());
        Self { chain, any, all }
    }

    fn close_and(&mut self, join: impl Fn(Box<[T]>) -> T) {
        self.any.extend(fold(&mut self.all, join));
    }

    fn close_or(&mut self, join: impl Fn(Box<[T]>) -> T) {
        self.chain.extend(fold(&mut self.any, join));
    }
}

/// The only part as it is, several joined.
fn fold<T>(parts: &mut Vec<T>, join: impl Fn(Box<[T]>) -> T) -> Option<T> {
    let mut parts = mem::take(parts);
    if parts.len() > 1 {
        return Some(join(parts.into()));
    }
    parts.pop()
}

impl<'a> Parser<'a, '_> {
    fn advance(&mut self) -> Result<Word<'a>, Fail> {
        let next = self.lexer.next()?;
        Ok(mem::replace(&mut self.word, next))
    }

    fn refuse<T>(&self, expected: &'static str) -> Result<T, Fail> {
        let found = self.word.token.found();
        let fault = PatternFault::Syntax { expected, found };
        Err(Fail::new(fault, self.word.offset))
    }

    fn fail<T>(&self, fault: PatternFault) -> Result<T, Fail> {
        Err(Fail::new(fault, self.word.offset))
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.word.token, Token::Sign(found) if found == sign)
    }

    fn is_keyword(&self, keyword: &str) -> bool {
        matches!(self.word.token, Token::Keyword(found) if found == keyword)
    }

    /// Passes the sign if it stands here.
    fn take_sign(&mut self, sign: &str) -> Result<bool, Fail> {
        let here = self.is_sign(sign);
        if here {
            self.advance()?;
        }
        Ok(here)
    }

    fn take_keyword(&mut self, keyword: &str) -> Result<bool, Fail> {
        let here = self.is_keyword(keyword);
        if here {
            self.advance()?;
        }
        Ok(here)
    }

    fn want_keyword(&mut self, keyword: &str, expected: &'static str) -> Result<(), Fail> {
        if self.take_keyword(keyword)? {
            return Ok(());
        }
        self.refuse(expected)
    }

    /// Opens a parenthesis on the stack of groups.
    fn open<T>(&self, groups: &mut Vec<Group<T>>, outer: Group<T>) -> Result<Group<T>, Fail> {
        if groups.len() >= MAX_DEPTH {
            return self.fail(PatternFault::TooDeep);
        }
        groups.push(outer);
        Ok(Group::new())
    }

    fn pattern(mut self) -> Result<Expression, Fail> {
        let mut groups = Vec::new();
        let mut group = Group::new();
        loop {
            while self.is_sign("(") {
                group = self.open(&mut groups, group)?;
                self.advance()?;
            }
            if !self.take_sign("[")? {
                return self.refuse("`[` or `(`");
            }
            let comparison = self.comparison()?;
            let mut operand = self.qualified(Expression::Observation(comparison), true)?;
            // What stands behind an operand: an operator, or the end of its group.
            loop {
                group.all.push(operand);
                if self.take_keyword("AND")? {
                    break;
                }
                group.close_and(Expression::And);
                if self.take_keyword("OR")? {
                    break;
                }
                group.close_or(Expression::Or);
                if self.take_keyword("FOLLOWEDBY")? {
                    break;
                }
                let whole = fold(&mut group.chain, Expression::FollowedBy);
                let Some(outer) = groups.pop() else {
                    if self.word.token != Token::End {
                        return self.refuse("AND, OR, FOLLOWEDBY, a qualifier or the end");
                    }
                    return whole.map_or_else(|| self.refuse("`[` or `(`"), Ok);
                };
                if !self.is_sign(")") {
                    return self.refuse("AND, OR, FOLLOWEDBY, a qualifier or `)`");
                }
                self.advance()?;
                group = outer;
                let Some(whole) = whole else {
                    return self.refuse("`[` or `(`");
                };
                operand = self.qualified(whole, false)?;
            }
        }
    }

    /// The qualifiers that follow `inner`, if any; behind a plain observation, each once.
    fn qualified(&mut self, inner: Expression, plain: bool) -> Result<Expression, Fail> {
        let mut qualifiers: Vec<Qualifier> = Vec::new();
        let mut seen = 0u8;
        loop {
            let start = self.word.offset;
            let qualifier = if self.take_keyword("START")? {
                let from = self.moment()?;
                self.want_keyword("STOP", "STOP")?;
                Qualifier::StartStop(from, self.moment()?)
            } else if self.take_keyword("WITHIN")? {
                let time = self.seconds()?;
                self.want_keyword("SECONDS", "SECONDS")?;
                Qualifier::Within(time)
            } else if self.take_keyword("REPEATS")? {
                let times = self.times()?;
                self.want_keyword("TIMES", "TIMES")?;
                Qualifier::Repeats(times)
            } else {
                break;
            };
            let bit = match qualifier {
                Qualifier::StartStop(..) => 1,
                Qualifier::Within(_) => 2,
                Qualifier::Repeats(_) => 4,
            };
            if plain && seen & bit != 0 {
                let fault = PatternFault::QualifierTwice(qualifier.keyword());
                return Err(Fail::new(fault, start));
            }
            seen |= bit;
            if let Some(inspector) = &mut self.inspector {
                inspector.qualifier(&qualifier, start);
            }
            qualifiers.push(qualifier);
        }
        Ok(if qualifiers.is_empty() {
            inner
        } else {
            Expression::Qualified(Box::new(inner), qualifiers.into())
        })
    }

    fn moment(&mut self) -> Result<Moment, Fail> {
        let Token::Literal(Literal::Timestamp(moment)) = self.word.token else {
            return self.refuse("a timestamp, as `t'2016-01-01T00:00:00Z'`");
        };
        self.advance()?;
        Ok(moment)
    }

    /// The number behind WITHIN: no sign but a plus (section 9.5.1 wants it positive).
    fn seconds(&mut self) -> Result<Duration, Fail> {
        let expected = "a number of seconds, without a minus";
        let Token::Number(text) = self.word.token else {
            return self.refuse(expected);
        };
        if text.starts_with('-') {
            return self.refuse(expected);
        }
        let plain = text.strip_prefix('+').unwrap_or(text);
        let (whole, fraction) = plain.split_once('.').unwrap_or((plain, ""));
        let seconds = match whole {
            "" => Ok(0),
            digits => digits.parse::<u64>(),
        };
        // The bound keeps sums of instants and times within 64 bits of seconds.
        let Some(seconds) = seconds.ok().filter(|n| *n <= u64::from(u32::MAX) * 1000) else {
            return self.fail(PatternFault::NumberRange);
        };
        let mut digits = fraction.bytes();
        let nanos = (0..9).fold(0, |sum, _| {
            sum * 10 + digits.next().map_or(0, |digit| u32::from(digit - b'0'))
        });
        self.advance()?;
        Ok(Duration::new(seconds, nanos))
    }

    fn times(&mut self) -> Result<u64, Fail> {
        let expected = "a whole number of times, without a minus";
        let Token::Number(text) = self.word.token else {
            return self.refuse(expected);
        };
        if text.starts_with('-') || text.contains('.') {
            return self.refuse(expected);
        }
        let Ok(times) = text.strip_prefix('+').unwrap_or(text).parse() else {
            return self.fail(PatternFault::NumberRange);
        };
        self.advance()?;
        Ok(times)
    }

    /// What stands between `[` and `]`, with the closing bracket.
    fn comparison(&mut self) -> Result<Comparison, Fail> {
        let mut groups = Vec::new();
        let mut group = Group::new();
        loop {
            while self.is_sign("(") {
                group = self.open(&mut groups, group)?;
                self.advance()?;
            }
            let mut operand = Comparison::Test(self.test()?);
            loop {
                group.all.push(operand);
                if self.take_keyword("AND")? {
                    break;
                }
                group.close_and(Comparison::And);
                if self.take_keyword("OR")? {
                    break;
                }
                let whole = fold(&mut group.any, Comparison::Or);
                let Some(whole) = whole else {
                    return self.refuse("a comparison");
                };
                let Some(outer) = groups.pop() else {
                    if !self.take_sign("]")? {
                        return self.refuse("AND, OR or `]`");
                    }
                    return Ok(whole);
                };
                if !self.take_sign(")")? {
                    return self.refuse("AND, OR or `)`");
                }
                group = outer;
                operand = whole;
            }
        }
    }

    /// One comparison (section 9.6.1).
    fn test(&mut self) -> Result<Test, Fail> {
        let start = self.word.offset;
        let mut negated = self.take_keyword("NOT")?;
        if self.take_keyword("EXISTS")? {
            let path = self.path()?;
            let (operator, operands) = (Operator::Exists, Box::default());
            return Ok(Test {
                path,
                negated,
                operator,
                operands,
            });
        }
        if negated {
            return self.refuse("EXISTS (elsewhere NOT stands behind the path)");
        }
        let path = self.path()?;
        negated = self.take_keyword("NOT")?;
        let operator = self.operator()?;
        let operand = self.word.offset;
        let operands: Box<[Literal]> = match operator {
            Operator::In => self.set()?,
            Operator::Like | Operator::Matches | Operator::IsSubset | Operator::IsSuperset => {
                if !matches!(self.word.token, Token::String(_)) {
                    return self.refuse("a string");
                }
                [self.literal()?].into()
            }
            Operator::Equal | Operator::NotEqual => [self.literal()?].into(),
            _ => {
                if matches!(self.word.token, Token::Literal(Literal::Bool(_))) {
                    return self.refuse("a constant that has an order, no boolean");
                }
                [self.literal()?].into()
            }
        };
        let test = Test {
            path,
            negated,
            operator,
            operands,
        };
        if let Some(inspector) = &mut self.inspector {
            inspector.test(&test, start, operand);
        }
        Ok(test)
    }

    fn operator(&mut self) -> Result<Operator, Fail> {
        let operator = match self.word.token {
            Token::Sign("=" | "==") => Operator::Equal,
            Token::Sign("!=" | "<>") => Operator::NotEqual,
            Token::Sign("<") => Operator::Less,
            Token::Sign("<=") => Operator::LessOrEqual,
            Token::Sign(">") => Operator::Greater,
            Token::Sign(">=") => Operator::GreaterOrEqual,
            Token::Keyword("IN") => Operator::In,
            Token::Keyword("LIKE") => Operator::Like,
            Token::Keyword("MATCHES") => Operator::Matches,
            Token::Keyword("ISSUBSET") => Operator::IsSubset,
            Token::Keyword("ISSUPERSET") => Operator::IsSuperset,
            // A name with a hyphen is the usual reason why no operator stands here.
            _ => return self.refuse("an operator (a name with other signs wants quotes)"),
        };
        self.advance()?;
        Ok(operator)
    }

    fn literal(&mut self) -> Result<Literal, Fail> {
        let literal = match &mut self.word.token {
            Token::Literal(literal) => literal.clone(),
            Token::String(text) => Literal::String(mem::take(text).into()),
            Token::Number(text) => match read_number(text) {
                Some(number) => number,
                None => return self.fail(PatternFault::NumberRange),
            },
            _ => return self.refuse("a constant (a string stands in single quotes)"),
        };
        self.advance()?;
        Ok(literal)
    }

    fn set(&mut self) -> Result<Box<[Literal]>, Fail> {
        if !self.take_sign("(")? {
            return self.refuse("`(`");
        }
        let mut literals = Vec::new();
        if self.take_sign(")")? {
            return Ok(literals.into());
        }
        loop {
            literals.push(self.literal()?);
            if self.take_sign(")")? {
                return Ok(literals.into());
            }
            if !self.take_sign(",")? {
                return self.refuse("`,` or `)`");
            }
        }
    }

    /// An object path (section 9.7).
    fn path(&mut self) -> Result<ObjectPath, Fail> {
        let Token::Name(object_type) = self.word.token else {
            return self.refuse("an object path, as `file:name`");
        };
        self.advance()?;
        if !self.take_sign(":")? {
            return self.refuse("`:` behind the type of the object");
        }
        let mut steps = vec![self.key()?];
        loop {
            // `.5` is a number to the lexer, and no key can begin with a digit.
            if self.take_sign(".")? {
                steps.push(self.key()?);
            } else if self.take_sign("[")? {
                steps.push(self.index()?);
                if !self.take_sign("]")? {
                    return self.refuse("`]`");
                }
            } else {
                break;
            }
        }
        Ok(ObjectPath {
            object_type: object_type.into(),
            steps: steps.into(),
        })
    }

    fn key(&mut self) -> Result<Step, Fail> {
        let key = match &mut self.word.token {
            Token::Name(name) if !name.contains('-') => (*name).into(),
            Token::String(text) => mem::take(text).into(),
            _ => return self.refuse("the name of a property (with a hyphen it wants quotes)"),
        };
        self.advance()?;
        Ok(Step::Key(key))
    }

    fn index(&mut self) -> Result<Step, Fail> {
        if self.take_sign("*")? {
            return Ok(Step::Any);
        }
        let Token::Number(text) = self.word.token else {
            return self.refuse("a list index or `*`");
        };
        let index = text.strip_prefix('+').unwrap_or(text).parse();
        let Ok(index) = index else {
            return self.fail(PatternFault::Index);
        };
        self.advance()?;
        Ok(Step::Index(index))
    }
}
